namespace GatewayActors.Front.Health;

/// <summary>The page at <c>/</c>: says what listens here and where to look further.</summary>
internal static class StartPage
{
    private const string Resource = "wwwroot/index.html";

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the page, open to everyone. It is part of the assembly, so it does not depend on the working directory.</summary>
        public IEndpointConventionBuilder MapGatewayStartPage()
        {
            var page = Load();
            return routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], async context =>
            {
                context.Response.ContentType = "text/html; charset=utf-8";
                context.Response.ContentLength = page.Length;
                context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                if (HttpMethods.IsGet(context.Request.Method))
                {
                    await context.Response.Body.WriteAsync(page, context.RequestAborted);
                }
            }).AllowAnonymous();
        }
    }

    private static byte[] Load()
    {
        using var stream = typeof(StartPage).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks the resource {Resource}.");
        var page = new byte[stream.Length];
        stream.ReadExactly(page);
        return page;
    }
}
