using System.Globalization;

namespace Sentinel.Storage;

/// <summary>ClickHouse refused or failed at a statement.</summary>
public class ClickHouseException : Exception
{
    /// <summary>Code where the text names none.</summary>
    public const int UnknownCode = 0;

    /// <summary>An exception from ClickHouse's own text, which begins with <c>Code: 60. DB::Exception: …</c>.</summary>
    public ClickHouseException(string message)
        : base(message) => Code = CodeOf(message);

    /// <summary>An exception with its cause.</summary>
    public ClickHouseException(string message, Exception innerException)
        : base(message, innerException) => Code = CodeOf(message);

    /// <summary>An exception without a text.</summary>
    public ClickHouseException()
    {
    }

    /// <summary>An exception with a text of our own about an error whose code is known.</summary>
    public ClickHouseException(string message, int code)
        : base(message) => Code = code;

    /// <summary>ClickHouse's code of the error (60 is an unknown table), or <see cref="UnknownCode"/>.</summary>
    public int Code { get; }

    private static int CodeOf(string? message)
    {
        const string Before = "Code: ";
        var start = message?.IndexOf(Before, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return UnknownCode;
        }

        var rest = message.AsSpan(start + Before.Length);
        var length = rest.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(
            length < 0 ? rest : rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : UnknownCode;
    }
}

/// <summary>A server could not be reached or could not work, for longer than the options allow.</summary>
public sealed class ClickHouseUnavailableException : ClickHouseException
{
    /// <summary>An exception that says which server and for how long.</summary>
    public ClickHouseUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with the last failure.</summary>
    public ClickHouseUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a text.</summary>
    public ClickHouseUnavailableException()
    {
    }
}
