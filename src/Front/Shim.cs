using GatewayActors.Abstractions.Logs;
namespace GatewayActors.Storage;
#pragma warning disable
public class O { public string Path {get;set;}="";}
public static class S { public static void AddSqliteLogStore(this IServiceCollection s, Action<O> a) => s.AddSingleton<ILogStore, N>(); }
class N : ILogStore {
 public Task InitializeAsync(CancellationToken c=default)=>Task.CompletedTask;
 public Task WriteAsync(IReadOnlyList<LogEntry> b, CancellationToken c=default)=>Task.CompletedTask;
 public Task<LogPage> ListAsync(LogQuery q, CancellationToken c=default)=>Task.FromResult(new LogPage([],0,null));
 public Task<LogEntry?> FindAsync(string a,string g,Guid id, CancellationToken c=default)=>Task.FromResult<LogEntry?>(null);
 public Task<ReadOnlyMemory<byte>?> ReadBodyAsync(string a,string g,Guid id,LogBodySide s, CancellationToken c=default)=>Task.FromResult<ReadOnlyMemory<byte>?>(null);
 public Task<bool> PatchAsync(string a,string g,Guid id,LogPatch p, CancellationToken c=default)=>Task.FromResult(false);
 public Task<int> DeleteAsync(LogQuery q,int l, CancellationToken c=default)=>Task.FromResult(0);
 public Task DeleteAllAsync(string a,string? g, CancellationToken c=default)=>Task.CompletedTask;
}
