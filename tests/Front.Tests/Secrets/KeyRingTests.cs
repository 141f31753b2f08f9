using System.Security.Cryptography;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Secrets;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Secrets;

/// <summary>The key ring on a real directory, with the platform's own key management over it.</summary>
public sealed class KeyRingTests : IDisposable
{
    private const string Account = "00000000000000000000000000000001";
    private const string First = "the-first-master-key-of-the-tests-0001";
    private const string Second = "the-second-master-key-of-the-tests-002";

    private readonly List<ServiceProvider> _processes = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("ring").FullName;

    private string Keys => Path.Combine(_directory, "keys");

    private string[] Files => [.. Directory.EnumerateFiles(Keys).Select(File.ReadAllText)];

    public void Dispose()
    {
        _processes.ForEach(services => services.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Seal_AfterARestart_StillOpens()
    {
        var value = Sealer().Seal(Account, "a value");

        Assert.Equal("a value", Sealer().Open(Account, value));
    }

    [Fact]
    public void Open_ValueOfAnotherAccount_StaysShut()
    {
        var sealer = Sealer();

        Assert.Null(sealer.Open("00000000000000000000000000000002", sealer.Seal(Account, "a value")));
    }

    [Fact]
    public void Open_ChangedValue_StaysShut()
    {
        var sealer = Sealer();
        var value = sealer.Seal(Account, "a value");
        value[^1] ^= 1;

        Assert.Null(sealer.Open(Account, value));
    }

    [Fact]
    public void Seal_ValueOfAnySize_ShowsNothingOfIt()
    {
        var value = Sealer().Seal(Account, "canary-canary-canary-canary");

        Assert.DoesNotContain("canary", System.Text.Encoding.Latin1.GetString(value), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_WithAConfiguredMasterKey_AreOfNoUseWithoutIt()
    {
        var value = Sealer(First).Seal(Account, "a value");

        Assert.NotEmpty(Files);
        Assert.All(Files, text => Assert.DoesNotContain("<masterKey", text, StringComparison.Ordinal));
        Assert.False(Open(new() { MasterKey = Second }, out var problem));
        Assert.StartsWith("Gateway:Secrets:MasterKey (value not shown) does not open the key 'key-", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem!);
        Assert.DoesNotContain(Second, problem, StringComparison.Ordinal);
        Assert.Equal("a value", Sealer(First).Open(Account, value));
    }

    [Fact]
    public void Files_OnUnix_AreTheUsersAlone()
    {
        Sealer();

        if (!OperatingSystem.IsWindows())
        {
            foreach (var path in Directory.EnumerateFiles(Keys))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Keys));
        }
    }

    [Fact]
    public void MasterKey_Rotated_OpensOldValuesAndNeedsTheFormerKeyOnce()
    {
        var value = Sealer(First).Seal(Account, "a value");

        Assert.Equal("a value", Sealer(Second, former: $"{new string('x', 40)} {First}").Open(Account, value));
        Assert.Equal("a value", Sealer(Second).Open(Account, value));
        Assert.False(Open(new() { MasterKey = First }, out _));
    }

    [Fact]
    public void MasterKey_SetAfterAGeneratedOne_TakesItsPlace()
    {
        var value = Sealer().Seal(Account, "a value");
        Assert.True(File.Exists(Path.Combine(Keys, "master.xml")));

        Assert.Equal("a value", Sealer(First).Open(Account, value));

        Assert.False(File.Exists(Path.Combine(Keys, "master.xml")));
        Assert.Equal("a value", Sealer(First).Open(Account, value));
    }

    [Fact]
    public void MasterKey_TakenAway_StopsTheStart()
    {
        Sealer(First).Seal(Account, "a value");

        Assert.False(Open(new(), out var problem));
        Assert.Contains("Gateway:Secrets:MasterKey", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void MasterKey_DamagedFile_StopsTheStart()
    {
        Sealer(First).Seal(Account, "a value");
        var path = Directory.EnumerateFiles(Keys).Single();
        File.WriteAllText(path, File.ReadAllText(path)[..^40]);

        Assert.False(Open(new() { MasterKey = First }, out _));
    }

    [Fact]
    public void MasterKey_TextForm_ShowsNothing() => Assert.DoesNotContain(First, new MasterKey(First).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Wrap_OpenedByAnotherKey_StaysShut()
    {
        var wrapped = new MasterKey(First).Wrap(new("key", "text"));

        Assert.False(new MasterKey(Second).TryUnwrap(wrapped, out _));
        Assert.True(new MasterKey(First).TryUnwrap(wrapped, out var plain));
        Assert.Equal("text", plain.Value);
    }

    [Fact]
    public void Ring_NewKeyOfTheRing_LeavesOldValuesReadable()
    {
        var services = Services(First);
        var sealer = services.GetRequiredService<SecretSealer>();
        var value = sealer.Seal(Account, "a value");
        var now = TimeProvider.System.GetUtcNow();
        services.GetRequiredService<IKeyManager>().CreateNewKey(now, now.AddDays(90));

        Assert.Equal("a value", Sealer(First).Open(Account, value));
        Assert.Equal(2, Directory.EnumerateFiles(Keys, "key-*").Count());
    }

    /// <summary>What a process that starts now seals with.</summary>
    private SecretSealer Sealer(string? masterKey = null, string? former = null) => Services(masterKey, former).GetRequiredService<SecretSealer>();

    private ServiceProvider Services(string? masterKey, string? former = null)
    {
        Assert.True(KeyRing.TryOpen(new() { MasterKey = masterKey, PreviousMasterKeys = former }, new FileKeyRingStore(Keys), out var ring, out var problem), problem);
        var services = new ServiceCollection().AddLogging().AddSecretSealing(ring).BuildServiceProvider();
        _processes.Add(services);
        return services;
    }

    private bool Open(SecretsOptions options, out string? problem) => KeyRing.TryOpen(options, new FileKeyRingStore(Keys), out _, out problem);
}
