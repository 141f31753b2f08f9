using System.Text;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Providers.Tests.Support;

/// <summary>Writes the page of what is supported: from what the providers declare, and from what their translators make of requests.</summary>
internal static class SupportMatrix
{
    private static readonly (ClientFormat? Format, string Endpoint)[] Endpoints =
    [
        (ClientFormat.ChatCompletions, "chat/completions"), (ClientFormat.Responses, "responses"), (ClientFormat.Messages, "messages"), (ClientFormat.Messages, "messages/count_tokens"), (null, "embeddings"),
    ];

    /// <summary>Every provider with its models, in the order of their names.</summary>
    public static IEnumerable<(Provider Provider, string Model)> Rows =>
        from provider in BuiltInProviders.All
        orderby provider.Slug
        from model in Models.Chat(provider.Slug)
        select (provider, model);

    public static string Write()
    {
        var page = new StringBuilder("""
            # Support matrix

            What each provider answers at the [OpenAI-compatible endpoint](compat.md), and what of a request reaches it. Nobody writes this page: it is made from what the providers declare and from what
            the translators make of requests, and a test holds it to them. To make it anew: `GATEWAY_UPDATE_DOCS=1 dotnet run --project tests/Providers.Tests -- -class '*SupportMatrixTests'`.

            ## Endpoints

            **Relayed**: the provider speaks the format, and gets the body as it is. **Translated**: there and back, streams included. **Counted**: the provider counts. **Estimated**: counted here, by the length of the texts. Where a provider
            has a second line, some of its models are called in another format; the model is an example.


            """.ReplaceLineEndings("\n"));
        Row(page, ["provider", .. Endpoints.Select(endpoint => $"`{endpoint.Endpoint}`")]);
        Rule(page, Endpoints.Length);
        foreach (var provider in Rows.GroupBy(row => row.Provider, row => row.Model))
        {
            foreach (var line in provider.GroupBy(model => string.Join(" | ", Endpoints.Select(endpoint => Served(provider.Key, model, endpoint.Format, endpoint.Endpoint)))))
            {
                Row(page, [Name(provider.Key, line.First()), line.Key]);
            }
        }

        foreach (var (format, endpoint) in Endpoints.DistinctBy(endpoint => endpoint.Format))
        {
            if (format is { } known)
            {
                WriteFeatures(page, known, endpoint);
            }
        }

        return page.ToString();
    }

    /// <summary>What translates a format for a model; null where it is relayed or not served.</summary>
    public static ChatTranslator? Translator(Provider provider, string model, ClientFormat format) =>
        ClientRoute.Of(provider, format, Endpoints.First(endpoint => endpoint.Format == format).Endpoint, model).Chat;

    private static void WriteFeatures(StringBuilder page, ClientFormat format, string endpoint)
    {
        var features = Features.Of(format);
        page.Append('\n').Append("## ").Append(Title(format)).Append("\n\n");
        page.Append("What of a translated request at `").Append(endpoint).Append("` reaches the provider. **Yes**: in its own format. **Fetched**: by the gateway, for the provider. **In words**: as an instruction to the model. **In part**, **left out**: `cf-aig-dropped-params`\n");
        page.Append("names it. **Refused**: 400 with the member's name. A model stands for others that are called like it.\n\n");
        Row(page, ["provider", "model", .. features.Select(feature => feature.Name)]);
        Rule(page, features.Count + 1);
        foreach (var (provider, model) in Rows)
        {
            if (Translator(provider, model, format) is { } translator)
            {
                Row(page, [$"`{provider.Slug}`", model == Models.Any ? "any" : $"`{model}`", .. features.Select(feature => Word(Probe.Run(format, translator, model, feature)))]);
            }
        }
    }

    private static string Served(Provider provider, string model, ClientFormat? format, string endpoint) => ClientRoute.Of(provider, format, endpoint, model) switch
    {
        { Path: not null } => "relayed",
        { Embeddings: { } embeddings } => Translates(embeddings, Models.Embedding(provider.Slug)) ? "translated" : "–",
        { Chat: { } chat } => endpoint.EndsWith("count_tokens", StringComparison.Ordinal) ? Counts(chat, model) ? "counted" : "estimated" : "translated",
        _ => "–",
    };

    private static bool Counts(ChatTranslator translator, string model)
    {
        using var request = ClientRequest.Read(ClientFormat.Messages, """{"max_tokens":9,"messages":[{"role":"user","content":"x"}]}"""u8.ToArray(), model, translator);
        return translator.TranslateCount(request) is not null;
    }

    private static bool Translates(EmbeddingTranslator translator, string model)
    {
        const string Text = "High tide at noon";
        var request = EmbeddingRequestReader.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","input":"{{Text}}"}"""), model);
        return translator.Translate(request).Bodies.Any(body => Encoding.UTF8.GetString(body.Span).Contains(Text, StringComparison.Ordinal));
    }

    // An example is shown only where one line does not speak for all models.
    private static string Name(Provider provider, string model) =>
        model == Models.Chat(provider.Slug)[0] ? $"`{provider.Slug}`" : $"`{provider.Slug}`, such as `{model}`";

    private static string Title(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => "Chat completions",
        ClientFormat.Responses => "Responses",
        ClientFormat.Messages => "Messages",
    };

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Arrives => "yes",
        Outcome.Fetched => "fetched",
        Outcome.InWords => "in words",
        Outcome.InPart => "in part",
        Outcome.LeftOut => "left out",
        Outcome.Refused => "refused",
        Outcome.Lost => "lost",
    };

    private static void Row(StringBuilder page, IEnumerable<string> cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void Rule(StringBuilder page, int columns) => page.Append("| --- |").Insert(page.Length, " --- |", columns).Append('\n');
}
