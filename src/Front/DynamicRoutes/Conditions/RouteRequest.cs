using System.Globalization;
using System.Text.Json;

namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>A request as conditions and keys see it. Used by one exchange; disposed with it.</summary>
internal sealed class RouteRequest : IDisposable
{
    private const int MaxDepth = 256;

    private JsonDocument? _body;
    private JsonDocument? _metadata;
    private bool _isRead;

    /// <summary>The client's JSON body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The caller's tags as a JSON object in UTF-8; null for none.</summary>
    public string? Metadata { get; init; }

    /// <summary>A header by its name in lower case; null if it is absent.</summary>
    public required Func<string, string?> Header { get; init; }

    /// <summary>The kind of model that the endpoint calls.</summary>
    public required string ModelType { get; init; }

    /// <summary>The API token that the caller has proved; null for none.</summary>
    public string? TokenId { get; init; }

    public required string AccountId { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What a path finds; <see cref="RouteValue.Missing"/> for nothing.</summary>
    public RouteValue Find(RoutePath path) => path.Root switch
    {
        RoutePathRoot.Metadata => InMetadata(path.Segments[0]),
        RoutePathRoot.Body => InBody(path.Segments),
        RoutePathRoot.Headers => RouteValue.Of(Header(path.Segments[0]), isLoose: true),
        RoutePathRoot.Identity => InIdentity(path.Segments[0]),
        RoutePathRoot.Request => path.Segments[0] == "stream" ? Stream() : RouteValue.Of(ModelType),
        RoutePathRoot.Time => RouteValue.Of(path.Segments[0] == "hour" ? Time.UtcDateTime.Hour : (int)Time.UtcDateTime.DayOfWeek),
    };

    public void Dispose()
    {
        _body?.Dispose();
        _metadata?.Dispose();
    }

    private RouteValue InMetadata(string name)
    {
        if (Metadata is null)
        {
            return RouteValue.Missing;
        }

        _metadata ??= JsonDocument.Parse(Metadata);
        return _metadata.RootElement.TryGetProperty(name, out var value) ? RouteValue.Of(value, isLoose: true) : RouteValue.Missing;
    }

    private RouteValue InIdentity(string name) => name switch
    {
        "token_id" => RouteValue.Of(TokenId),
        "account_id" => RouteValue.Of(AccountId),
        _ => RouteValue.Of(TokenId is not null),
    };

    private RouteValue Stream() => RouteValue.Of(InBody(["stream"]).IsTrue);

    private RouteValue InBody(string[] segments)
    {
        if (ParseBody() is not { } body)
        {
            return RouteValue.Missing;
        }

        var at = body.RootElement;
        foreach (var segment in segments)
        {
            if (at.ValueKind == JsonValueKind.Object)
            {
                if (!at.TryGetProperty(segment, out at))
                {
                    return RouteValue.Missing;
                }
            }
            else if (at.ValueKind == JsonValueKind.Array
                && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return RouteValue.Missing;
            }
        }

        return RouteValue.Of(at);
    }

    // Only where a route asks for it: most decide by metadata.
    private JsonDocument? ParseBody()
    {
        if (_isRead)
        {
            return _body;
        }

        _isRead = true;
        try
        {
            return _body = JsonDocument.Parse(Body, new() { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return null; // The provider will say so; no path finds anything in it.
        }
    }
}
