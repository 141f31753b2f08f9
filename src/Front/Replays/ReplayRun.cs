using System.Collections.Concurrent;
using System.Threading.Channels;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Authentication;

namespace GatewayActors.Front.Replays;

/// <summary>
/// One process's part in one replay: claims it, chooses its requests if nobody has, sends those that are left, some at a time, and reports
/// what came back.
/// </summary>
/// <remarks>A request that was sent, but whose report did not get through before a crash, is sent once more.</remarks>
internal sealed class ReplayRun(string key, IGrainFactory grains, ReplaySender sender, ILogStore logs, TimeProvider timeProvider)
{
    private const string TokenIsGone = "The API token that began the replay is not valid any more";

    private static readonly TimeSpan Heartbeat = ReplayClaims.Lease / 6;

    private readonly Guid _worker = Guid.CreateVersion7(timeProvider.GetUtcNow());
    private readonly IReplayGrain _grain = grains.GetGrain<IReplayGrain>(key);
    private readonly Channel<ReplayItem> _results = Channel.CreateUnbounded<ReplayItem>(new() { SingleReader = true });

    /// <param name="abort">Breaks off what is under way.</param>
    /// <param name="finish">Lets what is under way end, and begins nothing more.</param>
    public async Task RunAsync(CancellationToken abort, CancellationToken finish)
    {
        if (await _grain.ClaimAsync(_worker, abort) is not { } replay)
        {
            return;
        }

        string? problem = null;
        try
        {
            if (await MayRunAsync(replay.Definition, abort))
            {
                await RunAsync(replay, abort, finish);
            }
            else
            {
                problem = TokenIsGone;
            }
        }
        finally
        {
            await _grain.ReleaseAsync(_worker, problem, CancellationToken.None);
        }
    }

    private async Task RunAsync(Replay replay, CancellationToken abort, CancellationToken finish)
    {
        var (accountId, gatewayId) = (key.Split('/')[0], key.Split('/')[1]);
        if (replay.State == ReplayState.Waiting)
        {
            var (items, skipped) = await ReplaySelection.ChooseAsync(logs, accountId, gatewayId, replay, abort);
            await _grain.BeginAsync(_worker, items, skipped, abort);
            if (await _grain.GetAsync(abort) is not { IsEnded: false } begun)
            {
                return; // There was nothing to send, or it was cancelled meanwhile.
            }

            replay = begun;
        }

        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(abort);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(aborted.Token, finish);
        var left = new ConcurrentQueue<ReplayItem>(replay.Items.Where(item => !item.IsDone));
        var senders = Enumerable.Range(0, replay.Definition.Concurrency).Select(_ => SendAsync()).ToArray();
        var reports = ReportAsync(aborted, finished);
        try
        {
            await Task.WhenAll(senders);
        }
        finally
        {
            _results.Writer.TryComplete();
            await reports;
        }

        async Task SendAsync()
        {
            await Task.Yield(); // The others begin too.
            while (!finished.IsCancellationRequested && left.TryDequeue(out var item))
            {
                if (await sender.SendAsync(accountId, gatewayId, replay, item, aborted.Token) is { } done)
                {
                    await _results.Writer.WriteAsync(done, CancellationToken.None);
                }
            }
        }
    }

    /// <summary>Stores results as they come, all that are there with one call, and says that this process lives where none come.</summary>
    private async Task ReportAsync(CancellationTokenSource aborted, CancellationTokenSource finished)
    {
        try
        {
            Task<bool>? next = null;
            var more = true;
            while (more)
            {
                next ??= _results.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                await Task.WhenAny(next, Task.Delay(Heartbeat, timeProvider, CancellationToken.None));
                if (next.IsCompleted)
                {
                    more = await next;
                    next = null;
                }

                List<ReplayItem> items = [];
                while (_results.Reader.TryRead(out var item))
                {
                    items.Add(item);
                }

                switch (await _grain.ReportAsync(_worker, items, CancellationToken.None))
                {
                    case ReplayDirective.Finish:
                        await finished.CancelAsync();
                        break;
                    case ReplayDirective.Abort:
                        await aborted.CancelAsync();
                        break;
                    case ReplayDirective.Continue:
                        break;
                }
            }
        }
        catch
        {
            await aborted.CancelAsync(); // Without reports nothing more may be sent.
            throw;
        }
    }

    private async Task<bool> MayRunAsync(ReplayDefinition definition, CancellationToken cancellationToken)
    {
        // What a person may do was checked when they began it, and nobody stores it: their session may be over by now.
        if (definition.IsOperator || Person.IsId(definition.TokenId))
        {
            return true;
        }

        var tokens = await grains.GetGrain<IAccountGrain>(GrainKeys.Account(key.Split('/')[0])).ListTokensAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        return tokens.FirstOrDefault(token => token.Id == definition.TokenId) is { Definition: { Disabled: false } token } known
            && (token.ExpiresOn is not { } end || now < end)
            && (known.EffectivePermissions() & Permissions.GatewayRun) != 0;
    }
}
