namespace GatewayActors.Grains;

/// <summary>How grains change what they store.</summary>
internal static class PersistentStateExtensions
{
    extension<TState>(IPersistentState<TState> stored)
    {
        /// <summary>Stores a state in place of the one there is; if that fails, the old one stays what the grain answers from.</summary>
        /// <exception cref="Exception">Whatever the storage failed with. After a conflict Orleans ends the activation, and the next one reads what is stored.</exception>
        public async Task ReplaceAsync(TState state)
        {
            var before = stored.State;
            stored.State = state;
            try
            {
                // Not cancellable: a client that gives up must not leave the grain unsure of what is stored.
                await stored.WriteStateAsync(CancellationToken.None);
            }
            catch
            {
                stored.State = before;
                throw;
            }
        }
    }
}
