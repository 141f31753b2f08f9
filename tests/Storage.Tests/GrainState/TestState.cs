using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace GatewayActors.Storage.Tests.GrainState;

[GenerateSerializer, Alias("storage.tests.state")]
internal sealed class TestState
{
    [Id(0)] public int Count { get; set; }

    [Id(1)] public string? Name { get; set; }
}

/// <summary>The same state as an older release knew it.</summary>
[GenerateSerializer, Alias("storage.tests.older-state")]
internal sealed class OlderTestState
{
    [Id(0)] public int Count { get; set; }
}

/// <summary>What a grain holds: its state and what the storage says about it.</summary>
internal sealed class Held<T>(T state) : IGrainState<T>
    where T : new()
{
    public Held()
        : this(new())
    {
    }

    [AllowNull]
    public T State { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = state;

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
