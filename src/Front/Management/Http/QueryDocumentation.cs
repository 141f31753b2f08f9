using Microsoft.OpenApi;

namespace GatewayActors.Front.Management.Http;

/// <summary>Describes to the OpenAPI document what endpoints read by themselves, so that they can list every mistake.</summary>
internal static class QueryDocumentation
{
    extension(RouteHandlerBuilder builder)
    {
        /// <summary>Names the query parameters: <c>name</c> for a text, <c>name:type</c> for another JSON type.</summary>
        public RouteHandlerBuilder WithQuery(params IReadOnlyList<string> parameters) => builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var parameter in parameters)
            {
                var parts = parameter.Split(':');
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = parts[0],
                    In = ParameterLocation.Query,
                    Schema = new OpenApiSchema
                    {
                        Type = (parts.Length > 1 ? parts[1] : "string") switch
                        {
                            "integer" => JsonSchemaType.Integer,
                            "number" => JsonSchemaType.Number,
                            "boolean" => JsonSchemaType.Boolean,
                            _ => JsonSchemaType.String,
                        }
                    },
                });
            }

            return Task.CompletedTask;
        });

        /// <summary>Names the fields of the JSON body, the required ones first.</summary>
        public RouteHandlerBuilder WithBody(IReadOnlyList<string> required, params IReadOnlyList<string> optional) =>
            builder.AddOpenApiOperationTransformer((operation, _, _) =>
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
                                Required = required.Select(Name).ToHashSet(),
                                Properties = required.Concat(optional).ToDictionary(Name, IOpenApiSchema (field) => Schema(field)),
                            },
                        },
                    },
                };
                return Task.CompletedTask;
            });
    }

    private static string Name(string field) => field.Split(':')[0];

    private static OpenApiSchema Schema(string field) => new OpenApiSchema
    {
        Type = field.Split(':') is [_, var type]
            ? type switch
            {
                "integer" => JsonSchemaType.Integer,
                "number" => JsonSchemaType.Number,
                "boolean" => JsonSchemaType.Boolean,
                "array" => JsonSchemaType.Array,
                "object" => JsonSchemaType.Object,
                _ => JsonSchemaType.String,
            }
            : JsonSchemaType.String,
    };
}
