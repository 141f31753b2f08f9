namespace GatewayActors.Testing;

/// <summary>Finds files of the repository from a running test.</summary>
public static class RepositoryFiles
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The build configuration of the running tests: <c>Debug</c> or <c>Release</c>.</summary>
    public static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? throw new InvalidOperationException($"'{AppContext.BaseDirectory}' is no build output.");

    /// <summary>A path below <see cref="Root"/>.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GatewayActors.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No GatewayActors.sln above '{AppContext.BaseDirectory}'.");
    }
}
