using System.Threading.Channels;
using GatewayActors.Abstractions.Billing;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>The credits of an account, as the test sets them.</summary>
internal sealed class FakeCredits : ICreditsGrain
{
    private readonly Channel<(Guid Charge, decimal Usd)> _charges = Channel.CreateUnbounded<(Guid, decimal)>();

    public decimal Usd { get; set; }

    /// <summary>How often the balance was asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>What goes wrong with the next charge.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What was charged, in its order; tries that failed too.</summary>
    public ChannelReader<(Guid Charge, decimal Usd)> Charges => _charges.Reader;

    public ValueTask<CreditBalance> GetAsync(CancellationToken cancellationToken = default)
    {
        Asked++;
        return ValueTask.FromResult(new CreditBalance { Usd = Usd, HasToppedUp = true });
    }

    public Task<CreditBalance> ChargeAsync(Guid charge, decimal usd, CancellationToken cancellationToken = default)
    {
        var failure = Failure;
        Failure = null;
        _charges.Writer.TryWrite((charge, usd));
        if (failure is not null)
        {
            return Task.FromException<CreditBalance>(failure);
        }

        Usd -= usd;
        return Task.FromResult(new CreditBalance { Usd = Usd, HasToppedUp = true });
    }

    public Task<CreditTopUp> TopUpAsync(long amountCents, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<CreditTopUp?> FindTopUpAsync(string id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<CreditBalance> SetAutoTopUpAsync(AutoTopUp? autoTopUp, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
