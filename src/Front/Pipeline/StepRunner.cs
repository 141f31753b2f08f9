using System.Runtime.CompilerServices;
using GatewayActors.Front.Billing;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Compat;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Policies;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Pipeline;

/// <summary>Takes one routed step through its stages, up to an answer that may be committed.</summary>
internal sealed class StepRunner(
    CustomProviderStage customProviders,
    StoredKeyStage storedKeys,
    AccessTokenStage accessTokens,
    BodyStage bodies,
    CacheStage cache,
    PolicyStage policies,
    StoredKeyLimit keyLimit,
    LimitsStage limits,
    AttemptEngine attempts,
    ParallelCalls calls,
    SupplyStage supplies,
    ThoughtStore thoughts,
    Credits credits,
    InspectionStage inspection)
{
    /// <returns>The answer, whatever its status; null if the step has failed or the client is gone.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // It waits for the upstream in nearly every exchange.
    public async ValueTask<Answer?> RunAsync(Step step)
    {
        var answer = await RunUntranslatedAsync(step);
        if (answer is not null && inspection.WantsDocument(step))
        {
            answer = await DocumentReply.CreateAsync(step, answer);
        }

        return answer is null ? null
            : step.Translation is { } translation ? await TranslatedReply.CreateAsync(answer, step, translation, thoughts)
            : step.TokenCount is { } count ? await TokenCountReply.CreateAsync(answer, count)
            : step.Embeddings is { } embeddings ? await EmbeddingsReply.CreateAsync(answer, embeddings)
            : answer;
    }

    private async ValueTask<Answer?> RunUntranslatedAsync(Step step)
    {
        if (step.Route.Provider is CustomProvider { IsResolved: false })
        {
            await customProviders.InvokeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }
        }

        if (StoredKeyStage.Concerns(step))
        {
            await storedKeys.InvokeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }
        }

        CredentialStage.Invoke(step);
        if (step.Error is not null)
        {
            return null;
        }

        if (step.Needs is { } needs)
        {
            await supplies.InvokeAsync(step, needs);
            if (step.Error is not null || step.Exchange.ClientGone)
            {
                return null;
            }
        }

        if (step.Route.Provider.TakesSigningKeys)
        {
            SigningStage.Invoke(step);
            if (step.Error is not null)
            {
                return null;
            }
        }

        if (step.Route.Transport.TakesServiceAccounts)
        {
            await accessTokens.InvokeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }
        }

        StoredKeyStage.Check(step);
        if (step.Error is not null)
        {
            return null;
        }

        if (step.SendsClientRequest && step.Upgrade is null)
        {
            await bodies.InvokeAsync(step, inspection.BodyBytes(step));
            if (step.Error is not null || step.Exchange.ClientGone)
            {
                return null;
            }
        }

        if (step.Signer is not null && !step.Body.IsWhole)
        {
            step.Fail(SigningStage.TooLarge);
            return null;
        }

        var facts = RequestModel.Find(step.Body.Head, step.ContentType, step.Route);
        step.RequestedModel = step.Route.Address.Model ?? facts.Model ?? step.Embeddings?.Request.Model;
        step.WantsStream = facts.Stream == true;
        var (answer, fetch) = step.Upgrade is null ? await cache.InvokeAsync(step) : default;
        if (answer is not null || step.Error is not null || step.Exchange.ClientGone)
        {
            return answer;
        }

        using (fetch)
        {
            await policies.InvokeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }

            await keyLimit.TakeAsync(step);
            if (step.Error is not null)
            {
                return null;
            }

            if (credits.Pays(step))
            {
                await credits.CheckAsync(step);
                if (step.Error is not null)
                {
                    return null;
                }
            }

            await limits.ReserveAsync(step);
            if (step.Error is not null)
            {
                return null;
            }

            if (step.Upgrade is null && inspection.LevelOf(step, InspectedSide.Request) != InspectionLevel.None)
            {
                await inspection.InspectRequestAsync(step);
                if (step.Error is not null)
                {
                    return null;
                }
            }

            inspection.Prepare(step);
            Answer? attempt = step.Embeddings is { Call.Bodies: { Count: > 1 } bodies } ? await calls.RunAsync(step, bodies) : await attempts.RunAsync(step);
            if (attempt is { StatusCode: not StatusCodes.Status101SwitchingProtocols } && step.StoredKey is { Scrubber: { IsEmpty: false } scrubber })
            {
                attempt = new ScrubbedAnswer(attempt, scrubber);
            }

            if (attempt is not null && step.Upgrade is null)
            {
                attempt = await inspection.InspectResponseAsync(step, attempt, isShared: fetch is not null);
            }

            return fetch is null ? attempt : await fetch.CompleteAsync(attempt);
        }
    }
}
