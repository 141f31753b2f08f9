using System.Text.Json;
using GatewayActors.Front.Rest;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>The catalogue of models.</summary>
[Collection(typeof(AdminTests))]
public sealed class ModelApiTests(AdminHost host)
{
    [Fact]
    public async Task Search_ByAuthorAndText_FindsModelsWithTaskAndPrice()
    {
        var owner = await host.CreateTenantAsync("AI Gateway Run");

        var answer = (await owner.GetAsync("ai/models/search?author=openai&search=GPT-4o-mini&task=Text%20Generation")).AssertSuccess();

        var model = answer.Result.EnumerateArray().Single(model => model.GetProperty("name").GetString() == "openai/gpt-4o-mini");
        Assert.Equal(("Text Generation", 2, 36), (model.GetProperty("task").GetProperty("name").GetString(), model.GetProperty("source").GetInt32(), model.GetProperty("id").GetString()!.Length));
        Assert.Equal(0.15m, model.GetProperty("properties")[0].GetProperty("value")[0].GetProperty("price").GetDecimal());
        Assert.All(answer.Result.EnumerateArray(), other => Assert.StartsWith("openai/", other.GetProperty("name").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("source=1", "@cf/")]
    [InlineData("author=google&task=text-embeddings", "google-ai-studio/")]
    [InlineData("author=meta", "@cf/meta/")]
    public async Task Search_Filtered_FindsOnlyThose(string query, string prefix)
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");

        var names = (await owner.GetAsync($"ai/models/search?per_page=1000&{query}")).Result.EnumerateArray().Select(model => model.GetProperty("name").GetString()!).ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.StartsWith(prefix, name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_Paged_EndsWithAnEmptyPage()
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");
        var first = await owner.GetAsync("ai/models/search?per_page=5&page=1");
        var info = first.Body.GetProperty("result_info");

        Assert.Equal((5, 5), (first.Result.GetArrayLength(), info.GetProperty("count").GetInt32()));
        Assert.True(info.GetProperty("total_count").GetInt32() > 500);
        Assert.Equal(0, (await owner.GetAsync("ai/models/search?per_page=1000&page=9")).AssertSuccess().Result.GetArrayLength());
    }

    [Fact]
    public async Task Search_InOpenRoutersFormat_HasPricesOfOneToken()
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");

        var model = (await owner.GetAsync("ai/models/search?format=openrouter&search=openai/gpt-4o-mini")).Result.EnumerateArray()
            .Single(model => model.GetProperty("id").GetString() == "openai/gpt-4o-mini");

        Assert.Equal(("0.00000015", "0.0000006"), (model.GetProperty("pricing").GetProperty("prompt").GetString(), model.GetProperty("pricing").GetProperty("completion").GetString()));
    }

    [Theory]
    [InlineData("search?format=xml", "format")]
    [InlineData("search?source=x", "source")]
    [InlineData("search?hide_experimental=perhaps", "hide_experimental")]
    [InlineData("search?per_page=0", "per_page")]
    [InlineData("schema", "model")]
    public async Task Query_ThatIsWrong_NamesTheParameter(string path, string name)
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");

        var answer = await owner.GetAsync($"ai/models/{path}");

        answer.AssertFailure(400, 7001);
        Assert.StartsWith($"query.{name}: ", Assert.Single(answer.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai/gpt-4o-mini", "messages")]
    [InlineData("anthropic/claude-sonnet-4-5", "max_tokens")]
    [InlineData("openai/text-embedding-3-small", "input")]
    [InlineData("@cf/meta/llama-3.1-8b-instruct", "prompt")]
    [InlineData("@cf/baai/bge-m3", "text")]
    public async Task Schema_OfAModel_SaysWhatItsKindTakes(string model, string member)
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");

        var schema = (await owner.GetAsync($"ai/models/schema?model={Uri.EscapeDataString(model)}")).AssertSuccess().Result;

        Assert.True(schema.GetProperty("input").GetProperty("properties").TryGetProperty(member, out _), schema.GetRawText());
        Assert.Equal("object", schema.GetProperty("output").GetProperty("type").GetString());
        (await owner.GetAsync("ai/models/schema?model=nobody/x")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task AuthorsAndTasks_AreListed()
    {
        var owner = await host.CreateTenantAsync("Workers AI Read");

        Assert.Contains("openai", (await owner.GetAsync("ai/authors/search")).AssertSuccess().Result.EnumerateArray().Select(author => author.GetProperty("name").GetString()));
        Assert.Contains("Text Embeddings", (await owner.GetAsync("ai/tasks/search")).AssertSuccess().Result.EnumerateArray().Select(task => task.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Document_HasEveryInferenceRoute()
    {
        var paths = JsonElement.Parse(await host.GetTextAsync("openapi/v1.json")).GetProperty("paths");

        Assert.All(RestRoute.All, route =>
        {
            var operation = paths.GetProperty("/client/v4/accounts/{accountId}/ai/" + route.Path).GetProperty(route.Method.ToLowerInvariant());
            Assert.Equal(route.Name, operation.GetProperty("operationId").GetString());
        });
    }
}
