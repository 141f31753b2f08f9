using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Providers;
using Xunit;

namespace GatewayActors.Front.Tests.Architecture;

/// <summary>Which project may know which: read out of the built assemblies, so a reference that is not used does not count.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Ours = ["Abstractions", "Providers", "Grains", "Storage", "Silo", "Front", "Client"];

    [Theory]
    [InlineData("Abstractions", "")]
    [InlineData("Providers", "")]
    [InlineData("Client", "")]
    [InlineData("Grains", "Abstractions")]
    [InlineData("Storage", "Abstractions")]
    [InlineData("Silo", "Abstractions Grains Storage")]
    [InlineData("Front", "Abstractions Providers Silo Storage")]
    public void Project_KnowsOnlyTheProjectsItMay(string project, string allowed)
    {
        var references = ReferencesOf(project).Where(name => Ours.Any(ours => name == "GatewayActors." + ours));

        Assert.Empty(references.Except(allowed.Split(' ').Select(name => "GatewayActors." + name)));
    }

    [Theory]
    [InlineData("Abstractions", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Azure", "System.Net.Http")]
    [InlineData("Grains", "Microsoft.AspNetCore", "Microsoft.Data", "Npgsql", "Azure", "System.Net.Http", "System.Net.Sockets")]
    [InlineData("Storage", "Microsoft.AspNetCore")]
    [InlineData("Silo", "Microsoft.AspNetCore")]
    public void Project_DoesNotKnowWhatIsNotItsConcern(string project, params string[] forbidden) =>
        Assert.DoesNotContain(ReferencesOf(project), name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

    [Fact]
    public void Providers_KnowNothingButTheBaseClassLibrary()
    {
        var others = ReferencesOf("Providers").Where(name => !name.StartsWith("System.", StringComparison.Ordinal));

        Assert.Empty(others);
        Assert.DoesNotContain(ReferencesOf("Providers"), name => name is "System.Net.Http" or "System.Net.Sockets" or "System.Net.Requests");
    }

    [Fact]
    public void Client_KnowsNothingButThePlatform() => Assert.DoesNotContain(ReferencesOf("Client"), name => !name.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void Stages_AreSealedAndInternal()
    {
        var stages = typeof(ProviderCatalog).Assembly.GetTypes()
            .Concat(typeof(GatewayActors.Front.Pipeline.Exchange).Assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Stage", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(stages);
        Assert.All(stages, type => Assert.True(type is { IsSealed: true, IsPublic: false }, type.FullName));
    }

    [Fact]
    public void GrainInterfaces_HaveNamesThatSurviveARename()
    {
        var interfaces = typeof(IGatewayGrain).Assembly.GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)).ToArray();

        Assert.NotEmpty(interfaces);
        Assert.All(interfaces, type =>
        {
            Assert.True(type.GetCustomAttribute<AliasAttribute>() is not null, type.FullName);
            Assert.True(type.GetCustomAttribute<GrainInterfaceTypeAttribute>() is not null, type.FullName);
            Assert.All(type.GetMethods(), method => Assert.True(method.GetCustomAttribute<AliasAttribute>() is not null, $"{type.FullName}.{method.Name}"));
            Assert.Distinct(type.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()!.Alias));
        });
    }

    [Fact]
    public void Messages_HaveNamesAndNumbersThatSurviveARename()
    {
        var messages = typeof(IGatewayGrain).Assembly.GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute))).ToArray();

        Assert.NotEmpty(messages);
        Assert.Distinct(messages.Select(type => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!));
        Assert.All(messages, type =>
        {
            Assert.True(type.GetCustomAttribute<AliasAttribute>() is not null, type.FullName);
            Assert.True(type.IsSealed, type.FullName);
            var stored = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite).ToArray();
            Assert.All(stored, property => Assert.True(property.GetCustomAttribute<IdAttribute>() is not null, $"{type.FullName}.{property.Name}"));
            Assert.Distinct(stored.Select(property => property.GetCustomAttribute<IdAttribute>()!.Id));
        });
    }

    private static IEnumerable<string> ReferencesOf(string project)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"GatewayActors.{project}.dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
