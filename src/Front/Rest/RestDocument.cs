using Microsoft.OpenApi;

namespace GatewayActors.Front.Rest;

/// <summary>Describes the inference routes to the OpenAPI document: they are no endpoints of the server's, because their paths are read as received.</summary>
internal static class RestDocument
{
    /// <summary>Adds all routes.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var route in RestRoute.All)
        {
            var item = new OpenApiPathItem();
            item.AddOperation(HttpMethod.Parse(route.Method), Describe(route));
            document.Paths.Add("/client/v4/accounts/{accountId}/ai/" + route.Path, item);
        }
    }

    private static OpenApiOperation Describe(RestRoute route)
    {
        var operation = new OpenApiOperation
        {
            OperationId = route.Name,
            Summary = route.Summary,
            Tags = new HashSet<OpenApiTagReference> { new("Inference") },
            Parameters =
            [
                Parameter("accountId", ParameterLocation.Path),
                .. route.Path.Contains("{model}", StringComparison.Ordinal) ? new[] { Parameter("model", ParameterLocation.Path) } : [],
                Parameter("cf-aig-gateway-id", ParameterLocation.Header),
            ],
            Responses = new OpenApiResponses { ["200"] = new OpenApiResponse { Description = "The model's answer" } },
        };
        foreach (var (status, description) in new[] { ("400", "Wrong"), ("401", "No valid token"), ("403", "Not for this token"), ("404", "No such model") })
        {
            operation.Responses[status] = new OpenApiResponse { Description = description };
        }

        if (route.Method == HttpMethods.Post)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new()
                    {
                        Schema = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Object,
                            Required = route.Required.Select(Name).ToHashSet(),
                            Properties = route.Required.ToDictionary(Name, IOpenApiSchema (member) => Schema(member)),
                        },
                    },
                },
            };
        }

        return operation;
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation location) => new()
    {
        Name = name,
        In = location,
        Required = location == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static string Name(string member) => member.Split(':')[0];

    private static OpenApiSchema Schema(string member) => new()
    {
        Type = member.Split(':') is [_, var type] ? type switch
        {
            "array" => JsonSchemaType.Array,
            "object" => JsonSchemaType.Object,
            _ => null,
        } : Name(member) == "model" ? JsonSchemaType.String : null,
    };
}
