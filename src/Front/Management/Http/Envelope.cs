using System.Text.Json.Serialization;

namespace GatewayActors.Front.Management.Http;

/// <summary>What every answer with a result looks like.</summary>
internal sealed record Envelope<T>
{
    /// <summary>Agrees with the status: clients look at one or the other.</summary>
    public bool Success { get; init; } = true;

    /// <summary>Empty.</summary>
    public IReadOnlyList<ApiError> Errors { get; init; } = [];

    /// <summary>Notices.</summary>
    public IReadOnlyList<ApiMessage> Messages { get; init; } = [];

    /// <summary>The result.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required T Result { get; init; }

    /// <summary>Which page of a list this is.</summary>
    public ResultInfo? ResultInfo { get; init; }
}

/// <summary>What every failure looks like.</summary>
internal sealed record ErrorEnvelope(IReadOnlyList<ApiError> Errors)
{
    /// <summary>Always false.</summary>
    public bool Success { get; }

    /// <summary>Empty.</summary>
    public IReadOnlyList<ApiMessage> Messages { get; } = [];

    /// <summary>Always null, and always there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public object? Result { get; }
}

/// <summary>A page's place in its list.</summary>
internal sealed record ResultInfo
{
    /// <summary>Items on this page.</summary>
    public required int Count { get; init; }

    /// <summary>The page, from 1.</summary>
    public required int Page { get; init; }

    /// <summary>Most items on a page.</summary>
    public required int PerPage { get; init; }

    /// <summary>Items on all pages.</summary>
    public required long TotalCount { get; init; }

    /// <summary>Pages.</summary>
    public long TotalPages => (TotalCount + PerPage - 1) / PerPage;
}

/// <summary>Makes envelopes.</summary>
internal static class Envelope
{
    /// <summary>One result.</summary>
    public static Envelope<T> Of<T>(T result) => new() { Result = result };

    /// <summary>One page of results.</summary>
    public static Envelope<IReadOnlyList<T>> Page<T>(IReadOnlyList<T> items, Paging paging, long totalCount) => new()
    {
        Result = items,
        ResultInfo = new() { Count = items.Count, Page = paging.Page, PerPage = paging.PerPage, TotalCount = totalCount },
    };
}
