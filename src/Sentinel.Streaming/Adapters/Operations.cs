using System.Collections.Immutable;

namespace Sentinel.Streaming.Adapters;

/// <summary>What a call is, by the names that gateways and addresses give it.</summary>
internal static class Operations
{
    private static readonly ImmutableArray<(string Part, string Operation)> Parts =
    [
        // In this order: text_completion before completion, and addresses before the words in them.
        ("chat/completions", "chat"), ("/responses", "chat"), ("/messages/batches", "batch"), ("/messages", "chat"),
        ("/batches", "batch"), ("embedding", "embedding"), ("image", "image"), ("audio", "audio"), ("speech", "audio"),
        ("transcription", "audio"), ("text_completion", "completion"), ("atext_completion", "completion"),
        ("/completions", "completion"), ("/complete", "completion"), ("batch", "batch"),
        ("completion", "chat"), ("chat", "chat"), ("responses", "chat"), ("anthropic_messages", "chat"),
        ("generate_content", "chat"),
    ];

    /// <summary>The operation; a name that nobody knows stays as it is.</summary>
    public static string Of(string name) => Find(name) ?? name;

    /// <summary>Whether the address is that of a model: lists of models or files are asked for, too.</summary>
    public static bool IsModelCall(string address) => address.Length > 0 && Find(PathOf(address)) is not null;

    private static string? Find(string name)
    {
        foreach (var (part, operation) in Parts)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return operation;
            }
        }

        return null;
    }

    private static string PathOf(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? address : address[..query];
    }
}
