using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Tests.Support;

/// <summary>What requests of each format may ask for, in the format's own words.</summary>
internal static class Features
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Pdf = "JVBERi0xLjQKJcOkw7zDtsOfCjEgMCBvYmoKPDwvVHlwZS9DYXRhbG9nPj4KZW5kb2JqCg==";
    private const string Wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
    private const string Picture = "https://images.example/harbour.png";
    private const string Instruction = "Speak as a harbour master.";
    private const string Result = "Four metres and a half.";
    private const string Property = "height_of_tide";
    private const string Stop = "END OF TIDE";

    private const string Schema = $$$$$"""{"type":"object","properties":{"{{{{{Property}}}}}":{"type":"number"}},"required":["{{{{{Property}}}}}"],"additionalProperties":false}""";

    // Two of them: where a function must be called, some targets can only be told by leaving the others out.
    private const string ChatTools = $$$$$"""[{"type":"function","function":{"name":"tide","parameters":{{{{{Schema}}}}}}},{"type":"function","function":{"name":"wind","parameters":{{{{{Schema}}}}}}}]""";
    private const string ResponsesTools = $$$$$"""[{"type":"function","name":"tide","parameters":{{{{{Schema}}}}},"strict":false},{"type":"function","name":"wind","parameters":{{{{{Schema}}}}},"strict":false}]""";
    private const string MessagesTools = $$$$$"""[{"name":"tide","input_schema":{{{{{Schema}}}}}},{"name":"wind","input_schema":{{{{{Schema}}}}}}]""";

    /// <summary>What a request of a format may ask for.</summary>
    public static IReadOnlyList<Feature> Of(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => Chat,
        ClientFormat.Responses => Responses,
        ClientFormat.Messages => Messages,
    };

    private static Feature[] Chat { get; } =
    [
        new("streams", """{"stream":true}"""),
        new("system", $$"""{"messages":[{"role":"system","content":"{{Instruction}}"},{"role":"user","content":"Hello"}]}""") { Marker = Instruction },
        new("tools", $$"""{"tools":{{ChatTools}}}""") { Marker = Property },
        new("results", $$$$$"""
            {"tools":{{{{{ChatTools}}}}},"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"tide","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"call_1","content":"{{{{{Result}}}}}"}]}
            """) { Marker = Result },
        new("forced call", $$$$$"""{"tools":{{{{{ChatTools}}}}},"tool_choice":{"type":"function","function":{"name":"tide"}}}""") { Without = $$"""{"tools":{{ChatTools}}}""" },
        new("one call at a time", $$"""{"tools":{{ChatTools}},"parallel_tool_calls":false}""") { Without = $$"""{"tools":{{ChatTools}}}""" },
        new("schema", $$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"tide","schema":{{{{{Schema}}}}}}}}""") { Marker = Property },
        new("images", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{{Png}}}}}"}}]}]}""") { Marker = Png },
        new("by URL", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"{{{{{Picture}}}}}"}}]}]}""") { Marker = Picture },
        new("PDF", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Read"},{"type":"file","file":{"filename":"tide.pdf","file_data":"data:application/pdf;base64,{{{{{Pdf}}}}}"}}]}]}""") { Marker = Pdf },
        new("sound", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Hear"},{"type":"input_audio","input_audio":{"data":"{{{{{Wav}}}}}","format":"wav"}}]}]}""") { Marker = Wav },
        new("reasoning", """{"reasoning_effort":"high"}"""),
        new("temperature", """{"temperature":0.5}"""),
        new("stop", $$"""{"stop":["{{Stop}}"]}""") { Marker = Stop },
        new("seed", """{"seed":4711}""") { Marker = "4711" },
    ];

    private static Feature[] Responses { get; } =
    [
        new("streams", """{"stream":true}"""),
        new("system", $$"""{"instructions":"{{Instruction}}"}""") { Marker = Instruction },
        new("tools", $$"""{"tools":{{ResponsesTools}}}""") { Marker = Property },
        new("results", $$$$$"""
            {"tools":{{{{{ResponsesTools}}}}},"input":[{"role":"user","content":"Hello"},{"type":"function_call","call_id":"call_1","name":"tide","arguments":"{}"},
             {"type":"function_call_output","call_id":"call_1","output":"{{{{{Result}}}}}"}]}
            """) { Marker = Result },
        new("forced call", $$$$$"""{"tools":{{{{{ResponsesTools}}}}},"tool_choice":{"type":"function","name":"tide"}}""") { Without = $$"""{"tools":{{ResponsesTools}}}""" },
        new("one call at a time", $$"""{"tools":{{ResponsesTools}},"parallel_tool_calls":false}""") { Without = $$"""{"tools":{{ResponsesTools}}}""" },
        new("custom tools", """{"tools":[{"type":"custom","name":"apply_patch","description":"Edits files"}]}""") { Marker = "apply_patch" },
        new("web search", """{"tools":[{"type":"web_search"}]}"""),
        new("schema", $$$$$"""{"text":{"format":{"type":"json_schema","name":"tide","schema":{{{{{Schema}}}}}}}}""") { Marker = Property },
        new("images", $$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"data:image/png;base64,{{Png}}"}]}]}""") { Marker = Png },
        new("by URL", $$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"{{Picture}}"}]}]}""") { Marker = Picture },
        new("PDF", $$"""{"input":[{"role":"user","content":[{"type":"input_text","text":"Read"},{"type":"input_file","filename":"tide.pdf","file_data":"data:application/pdf;base64,{{Pdf}}"}]}]}""") { Marker = Pdf },
        new("reasoning", """{"reasoning":{"effort":"high"}}"""),
        new("temperature", """{"temperature":0.5}"""),
    ];

    private static Feature[] Messages { get; } =
    [
        new("streams", """{"stream":true}"""),
        new("system", $$"""{"system":"{{Instruction}}"}""") { Marker = Instruction },
        new("tools", $$"""{"tools":{{MessagesTools}}}""") { Marker = Property },
        new("results", $$$$$"""
            {"tools":{{{{{MessagesTools}}}}},"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"tide","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"{{{{{Result}}}}}"}]}]}
            """) { Marker = Result },
        new("forced call", $$$$$"""{"tools":{{{{{MessagesTools}}}}},"tool_choice":{"type":"tool","name":"tide"}}""") { Without = $$"""{"tools":{{MessagesTools}}}""" },
        new("one call at a time", $$$$$"""{"tools":{{{{{MessagesTools}}}}},"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""") { Without = $$$$$"""{"tools":{{{{{MessagesTools}}}}},"tool_choice":{"type":"auto"}}""" },
        new("web search", """{"tools":[{"type":"web_search_20250305","name":"web_search"}]}"""),
        new("schema", $$$$$"""{"output_config":{"format":{"type":"json_schema","schema":{{{{{Schema}}}}}}}}""") { Marker = Property },
        new("images", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{{{Png}}}}}"}}]}]}""") { Marker = Png },
        new("by URL", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"url","url":"{{{{{Picture}}}}}"}}]}]}""") { Marker = Picture },
        new("PDF", $$$$$"""{"messages":[{"role":"user","content":[{"type":"text","text":"Read"},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{{{Pdf}}}}}"}}]}]}""") { Marker = Pdf },
        new("reasoning", """{"thinking":{"type":"enabled","budget_tokens":3000}}"""),
        new("temperature", """{"temperature":0.5}"""),
        new("stop", $$"""{"stop_sequences":["{{Stop}}"]}""") { Marker = Stop },
    ];
}
