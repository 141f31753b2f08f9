using System.Text;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>The members of a document that are wanted, as a tree. Immutable; made once per dialect.</summary>
/// <remarks>
/// A path is names joined by dots; <c>name[]</c> goes into the elements of an array. A path that ends in <c>[]</c> counts the elements.
/// An array around the whole document is looked through, so that a JSON array of documents reads like a sequence of them.
/// </remarks>
internal sealed class JsonPaths
{
    /// <summary>The longest member name that can be asked for, in bytes.</summary>
    public const int MaxNameBytes = 48;

    /// <summary>Makes the tree; the slot of a path is what the sink gets with its value.</summary>
    public JsonPaths(params ReadOnlySpan<(string Path, int Slot)> paths)
    {
        foreach (var (path, slot) in paths)
        {
            var node = Root;
            foreach (var part in path.Split('.'))
            {
                var isArray = part.EndsWith("[]", StringComparison.Ordinal);
                node = node.Child(isArray ? part[..^2] : part);
                if (isArray)
                {
                    node = node.Elements ??= new Node();
                }
            }

            if (path.EndsWith("[]", StringComparison.Ordinal))
            {
                node.CountSlot = slot;
            }
            else
            {
                node.Slot = slot;
            }
        }
    }

    /// <summary>The document.</summary>
    public Node Root { get; } = new();

    /// <summary>One place in the documents.</summary>
    internal sealed class Node
    {
        private readonly (byte[] Name, Node Node)[]?[] _childrenByLength = new (byte[], Node)[MaxNameBytes + 1][];

        /// <summary>Where the value goes, or -1.</summary>
        public int Slot { get; set; } = -1;

        /// <summary>Where the elements are counted, or -1.</summary>
        public int CountSlot { get; set; } = -1;

        /// <summary>What is wanted of the elements, if it is an array; null for nothing.</summary>
        public Node? Elements { get; set; }

        /// <summary>Whether members below are wanted.</summary>
        public bool HasChildren { get; private set; }

        /// <summary>The place of a member, or null if nothing there is wanted.</summary>
        public Node? Find(ReadOnlySpan<byte> name)
        {
            if (name.Length <= MaxNameBytes && _childrenByLength[name.Length] is { } candidates)
            {
                foreach (var (candidate, node) in candidates)
                {
                    if (name.SequenceEqual(candidate))
                    {
                        return node;
                    }
                }
            }

            return null;
        }

        internal Node Child(string name)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            if (Find(bytes) is { } known)
            {
                return known;
            }

            var child = new Node();
            _childrenByLength[bytes.Length] = [.. _childrenByLength[bytes.Length] ?? [], (bytes, child)];
            HasChildren = true;
            return child;
        }
    }
}
