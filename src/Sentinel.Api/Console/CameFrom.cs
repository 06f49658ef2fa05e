namespace Sentinel.Api.Console;

/// <summary>
/// The queue that somebody came from: its whole address, which pages and forms carry on, so that whoever decided a case is
/// back where they were, at the next one. Pure.
/// </summary>
internal static class CameFrom
{
    /// <summary>Name of the parameter and field.</summary>
    public const string Field = "from";

    private const string Queue = "/console/queue";
    private const int LengthMax = 2_000;

    /// <summary>An address of the queue as it is; empty for any other text, so that nobody is sent elsewhere.</summary>
    public static string QueueOf(string? text) =>
        text is { Length: <= LengthMax } && ConsoleShell.OwnPath(text) == text
        && (text == Queue || text.StartsWith(Queue + "?", StringComparison.Ordinal))
            ? text
            : "";

    /// <summary>An address that carries the queue on; the address itself where there is none.</summary>
    public static string Carry(string href, string queue) => queue.Length == 0 ? href : Add(href, Field, queue);

    /// <summary>The queue, with what was just done to a case at its head.</summary>
    public static string After(string queue, string caseId) => Add(queue, "last", caseId);

    /// <summary>The queue with the case that comes next selected.</summary>
    public static string At(string queue, string caseId) => Add(queue, "at", caseId);

    private static string Add(string href, string name, string value) =>
        $"{href}{(href.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
}
