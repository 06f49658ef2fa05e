namespace Sentinel.Streaming.Input;

/// <summary>A source could not be opened or read on: the disk or pipe failed, not the content.</summary>
public sealed class InputReadException : IOException
{
    /// <summary>Names the source.</summary>
    public InputReadException(string source, Exception cause)
        : base($"Reading '{source}' failed: {cause?.Message}", cause)
    {
    }

    /// <summary>With a message.</summary>
    public InputReadException(string message)
        : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public InputReadException()
    {
    }
}
