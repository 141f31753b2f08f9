using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage;

/// <summary>Where one API format states usage, model and errors, and what its numbers mean. Stateless.</summary>
internal abstract class UsageDialect
{
    private const int EventsThatMayNameTheModel = 8;

    /// <summary>The members that are wanted.</summary>
    public abstract JsonPaths Paths { get; }

    /// <summary>Whether an event's data holds anything of interest but a model; a cheap search that may say yes too often.</summary>
    public abstract bool MayMatter(ReadOnlySpan<byte> data);

    /// <summary>Whether the model is stated in what was captured.</summary>
    public abstract bool KnowsModel(CapturedMembers members);

    /// <summary>Whether a value replaces an earlier one of its slot.</summary>
    public virtual bool Replaces(int slot, ReadOnlySpan<byte> value) => true;

    /// <summary>Turns what was captured into a report.</summary>
    public abstract UsageReport Report(CapturedMembers members, UsageFallback fallback);

    /// <summary>The error in what was captured, or null.</summary>
    public abstract StreamError? Error(CapturedMembers members);

    /// <summary>Whether an event is scanned for the model alone. Streams that name none must not cost a scan of every event.</summary>
    public bool SeeksModel(CapturedMembers members, long events) => events <= EventsThatMayNameTheModel && !KnowsModel(members);

    /// <summary>Whether the data has the member with anything but null, or the word as a value.</summary>
    /// <param name="data">JSON.</param>
    /// <param name="quoted">The name in its quotes. Inside a text the quotes would be escaped.</param>
    protected static bool Mentions(ReadOnlySpan<byte> data, ReadOnlySpan<byte> quoted)
    {
        while (true)
        {
            var at = data.IndexOf(quoted);
            if (at < 0)
            {
                return false;
            }

            data = data[(at + quoted.Length)..];
            var value = data.TrimStart(" :\t"u8);
            if (!value.StartsWith("null"u8))
            {
                return true;
            }
        }
    }
}

/// <summary>What holds where the body says nothing: numbers from headers or from the request.</summary>
internal readonly record struct UsageFallback(TokenUsage? Usage, string? Model)
{
    /// <summary>The report of a body in which nothing can be read; null if there is nothing to report.</summary>
    public UsageReport? Report => Usage is null && Model is null ? null : new UsageReport { Usage = Usage, Model = Model };
}
