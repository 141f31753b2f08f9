using GatewayActors.Abstractions.Analytics;
using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;

namespace GatewayActors.Front.Analytics;

/// <summary>What can be asked, under the names that clients of the reference use.</summary>
internal static class AnalyticsSchema
{
    // Not nullable: an account that may not be seen then leaves no data at all, as clients expect it.
    public static ISchema Create(AnalyticsResolver resolver)
    {
        var (time, date) = (new LooseScalar("Time", "A moment in UTC, as 2026-01-31T12:00:00Z."), new LooseScalar("Date", "A day in UTC, as 2026-01-31."));
        var (text, number) = (new LooseScalar("string", "A text."), new LooseScalar("uint64", "A whole number."));
        var money = new LooseScalar("float64", "A number.");
        IGraphType TypeOf(DimensionKind kind) => kind switch
        {
            DimensionKind.Date => date,
            DimensionKind.Time => time,
            DimensionKind.Number => number,
            DimensionKind.Money => money,
            DimensionKind.Texts => new ListGraphType(text),
            DimensionKind.Text or DimensionKind.CacheStatus => text,
        };

        var account = new ObjectGraphType { Name = "account", Description = "The analytics of an account." };
        account.AddField(Field("accountTag", text, context => ((AnalyticsAccount)context.Source!).AccountId));
        foreach (var dataset in new[] { Dataset.Requests, Dataset.Errors, Dataset.Cache, Dataset.Metadata })
        {
            AddDataset(dataset);
        }

        AddSizes();

        var accountFilter = new InputObjectGraphType { Name = "AccountFilter_InputObject" };
        accountFilter.AddField(new() { Name = "accountTag", ResolvedType = text });
        accountFilter.AddField(new() { Name = "accountTag_in", ResolvedType = new ListGraphType(text) });
        var viewer = new ObjectGraphType { Name = "viewer", Description = "What the token may see." };
        viewer.AddField(new()
        {
            Name = "accounts",
            ResolvedType = new NonNullGraphType(new ListGraphType(new NonNullGraphType(account))),
            Arguments = new(new QueryArgument(accountFilter) { Name = "filter" }),
            Resolver = new FuncFieldResolver<object?>(resolver.ResolveAccountsAsync),
        });
        var query = new ObjectGraphType { Name = "Query" };
        query.AddField(new() { Name = "viewer", ResolvedType = new NonNullGraphType(viewer), Resolver = new FuncFieldResolver<object?>(_ => new object()) });
        var schema = new Schema { Query = query, NameConverter = AsWritten.Instance };
        schema.RegisterType(new LooseScalar(LenientDocument.AnyType, "Any value."));
        return schema;

        void AddDataset(Dataset dataset)
        {
            var dimensions = new ObjectGraphType { Name = $"{dataset.TypeName}Dimensions" };
            var filter = new InputObjectGraphType { Name = $"{dataset.TypeName}Filter_InputObject" };
            var order = new EnumerationGraphType { Name = $"{dataset.TypeName}OrderBy" };
            foreach (var field in dataset.Dimensions)
            {
                dimensions.AddField(Field(field.Name, TypeOf(field.Kind), context => ((AnalyticsGroupView)context.Source!).Value(field)));
                foreach (var suffix in GroupQueryReader.Suffixes(field.Kind))
                {
                    var one = field.Kind == DimensionKind.Texts ? text : TypeOf(field.Kind);
                    filter.AddField(new() { Name = field.Name + suffix, ResolvedType = suffix is "_in" or "_notin" or "_hasall" or "_hasany" ? new ListGraphType(one) : one });
                }

                AddOrder(order, field.Name);
            }

            filter.AddField(new() { Name = "AND", ResolvedType = new ListGraphType(filter) });
            filter.AddField(new() { Name = "OR", ResolvedType = new ListGraphType(filter) });
            AddOrder(order, "count");

            var group = new ObjectGraphType { Name = dataset.TypeName };
            group.AddField(Field("count", number, context => ((AnalyticsGroupView)context.Source!).Group.Count));
            group.AddField(Field("dimensions", dimensions, context => context.Source));
            if (dataset.HasSums)
            {
                var sum = new ObjectGraphType { Name = $"{dataset.TypeName}Sum" };
                foreach (var (name, (_, value)) in DatasetFields.Sums)
                {
                    sum.AddField(Field(name, name == "cost" ? money : number, context => value(((AnalyticsGroupView)context.Source!).Group)));
                    AddOrder(order, $"sum_{name}");
                }

                var quantiles = new ObjectGraphType { Name = $"{dataset.TypeName}Quantiles" };
                foreach (var (name, share) in DatasetFields.Quantiles)
                {
                    quantiles.AddField(Field(name, money, context => ((AnalyticsGroupView)context.Source!).Percentile(share)));
                }

                group.AddField(Field("sum", sum, context => context.Source));
                group.AddField(Field("quantiles", quantiles, context => context.Source));
            }

            account.AddField(new()
            {
                Name = dataset.Name,
                ResolvedType = new NonNullGraphType(new ListGraphType(new NonNullGraphType(group))),
                Arguments = new(
                    new QueryArgument(number) { Name = "limit", Description = $"Most groups, up to {GroupQueryReader.MostLimit}." },
                    new QueryArgument(filter) { Name = "filter" },
                    new QueryArgument(new ListGraphType(order)) { Name = "orderBy" }),
                Resolver = new FuncFieldResolver<object?>(context => resolver.ResolveGroupsAsync(context, dataset)),
            });
        }

        void AddSizes()
        {
            const string TypeName = "AccountAiGatewaySizeAdaptiveGroups";
            var dimensions = new ObjectGraphType { Name = $"{TypeName}Dimensions" };
            foreach (var field in DatasetFields.Times)
            {
                dimensions.AddField(Field(field.Name, TypeOf(field.Kind), context => AnalyticsGroupView.Format(field, ((GatewaySize)context.Source!).At)));
            }

            dimensions.AddField(Field("gateway", text, context => ((GatewaySize)context.Source!).GatewayId));
            dimensions.AddField(Field("logManagement", number, context => ((GatewaySize)context.Source!).LogManagement));
            var max = new ObjectGraphType { Name = $"{TypeName}Max" };
            max.AddField(Field("rows", number, context => ((GatewaySize)context.Source!).Rows));
            var group = new ObjectGraphType { Name = TypeName };
            group.AddField(Field("dimensions", dimensions, context => context.Source));
            group.AddField(Field("max", max, context => context.Source));
            var filter = new InputObjectGraphType { Name = $"{TypeName}Filter_InputObject" };
            filter.AddField(new() { Name = "gateway", ResolvedType = text });
            filter.AddField(new() { Name = "gateway_in", ResolvedType = new ListGraphType(text) });
            foreach (var field in DatasetFields.Times)
            {
                foreach (var suffix in GroupQueryReader.Suffixes(field.Kind))
                {
                    filter.AddField(new() { Name = field.Name + suffix, ResolvedType = suffix is "_in" or "_notin" ? new ListGraphType(TypeOf(field.Kind)) : TypeOf(field.Kind) });
                }
            }

            var order = new EnumerationGraphType { Name = $"{TypeName}OrderBy" };
            foreach (var name in DatasetFields.Times.Select(field => field.Name).Append("gateway").Append("max_rows"))
            {
                AddOrder(order, name);
            }

            account.AddField(new()
            {
                Name = "aiGatewaySizeAdaptiveGroups",
                Description = "How many log entries each gateway has now.",
                ResolvedType = new NonNullGraphType(new ListGraphType(new NonNullGraphType(group))),
                Arguments = new(
                    new QueryArgument(number) { Name = "limit" },
                    new QueryArgument(filter) { Name = "filter" },
                    new QueryArgument(new ListGraphType(order)) { Name = "orderBy" }),
                Resolver = new FuncFieldResolver<object?>(resolver.ResolveSizesAsync),
            });
        }
    }

    private static void AddOrder(EnumerationGraphType order, string name)
    {
        order.Add($"{name}_ASC", $"{name}_ASC");
        order.Add($"{name}_DESC", $"{name}_DESC");
    }

    private static FieldType Field(string name, IGraphType type, Func<IResolveFieldContext, object?> value) =>
        new() { Name = name, ResolvedType = type, Resolver = new FuncFieldResolver<object?>(value) };

    /// <summary>Names stay as they are written here.</summary>
    private sealed class AsWritten : GraphQL.Conversion.INameConverter
    {
        public static AsWritten Instance { get; } = new();

        public string NameForField(string fieldName, IComplexGraphType parentGraphType) => fieldName;

        public string NameForArgument(string argumentName, IComplexGraphType parentGraphType, FieldType field) => argumentName;
    }
}

/// <summary>An account that the token may see.</summary>
internal sealed record AnalyticsAccount(string AccountId);

/// <summary>A gateway's log entries, as they are at a moment.</summary>
internal sealed record GatewaySize(string GatewayId, long Rows, long? LogManagement, DateTimeOffset At);

/// <summary>A group, with the dimensions that were asked for.</summary>
internal sealed record AnalyticsGroupView(AnalyticsGroup Group, IReadOnlyList<AnalyticsDimension> Dimensions)
{
    /// <summary>The value of a dimension.</summary>
    public object? Value(DimensionField field)
    {
        var place = Dimensions.ToList().IndexOf(field.Dimension);
        return (field.Kind, Group.Dimensions[place]) switch
        {
            (DimensionKind.Date or DimensionKind.Time, DateTimeOffset time) => Format(field, time),
            (DimensionKind.CacheStatus, long cached) => cached == 1 ? "HIT" : "MISS",
            (_, var value) => value,
        };
    }

    /// <summary>A percentile of the durations in milliseconds; 0 without any, as the reference tells it.</summary>
    public decimal Percentile(double share) => Group.Durations?.Percentile(share) is { } microseconds ? Math.Round((decimal)microseconds / 1000, 3) : 0;

    /// <summary>A moment as the dimension shows it.</summary>
    public static string Format(DimensionField field, DateTimeOffset time)
    {
        var floor = new DateTimeOffset(time.UtcTicks - (time.UtcTicks % field.Unit.Ticks), TimeSpan.Zero);
        return floor.ToString(field.Kind == DimensionKind.Date ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }
}
