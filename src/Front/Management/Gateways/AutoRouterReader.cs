using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>auto_router</c>.</summary>
internal static class AutoRouterReader
{
    private const int MaxModels = 50;
    private const int MaxName = 256;

    public static AutoRouterConfiguration? Read(ObjectReader gateway, AutoRouterConfiguration? stored)
    {
        var router = gateway.Object("auto_router");
        if (!router.IsSet || router.Value is not { } reader)
        {
            return router.IsSet ? null : stored;
        }

        var models = reader.Items("models", 1, MaxModels, (item, items) => items.Text(item, MaxName) is { } name
            ? IsModel(name) ? name : Refuse(items)
            : null, Need.NotNull).Value;
        return new() { Models = models ?? [] };
    }

    private static bool IsModel(string name) =>
        name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < name.Length - 1 && !name.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static string? Refuse(ItemReader items)
    {
        items.Fail("A model must be {provider}/{model}");
        return null;
    }
}
