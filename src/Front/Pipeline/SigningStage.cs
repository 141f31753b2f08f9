using GatewayActors.Front.Errors;

namespace GatewayActors.Front.Pipeline;

/// <summary>Makes ready to sign the step's requests, where its credential is one to sign with. Other providers never come here.</summary>
internal static class SigningStage
{
    /// <summary>The largest body that is signed: all of it must be there before the first byte goes out. Bedrock takes no larger ones.</summary>
    public const int MaxBodyBytes = 25 * 1024 * 1024;

    /// <summary>The error of a larger one.</summary>
    public static GatewayError TooLarge { get; } = new(
        GatewayErrorKind.RequestTooLarge, $"A request that the gateway signs may have {MaxBodyBytes} bytes; send a larger one signed by yourself.");

    public static void Invoke(Step step)
    {
        if ((step.AccessToken ?? new UnconsumedHeaders(step)["authorization"]) is not { } credential)
        {
            return;
        }

        var (signer, problem) = step.Route.Provider.CreateSigner(step.Route.Address, credential);
        if (problem is not null)
        {
            step.Fail(new(GatewayErrorKind.ProviderCredentialRefused, problem));
        }
        else if (signer is not null)
        {
            (step.Signer, step.AccessToken) = (signer, null); // The keys themselves go nowhere.
        }
    }
}
