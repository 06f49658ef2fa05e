// Gateways put the whole prompt before what names the account, so the body is read in passing and not held. Only a
// gateway
// writes these bodies; what a client wrote into them is inside strings or deeper than two levels, and never looked at.
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sentinel.Api.Gateways;

/// <summary>A text in a JSON object: at its top where <see cref="Section"/> is empty, else in the object of that
/// name.</summary>
/// <param name="Section">Name of the object within the body.</param>
/// <param name="Key">Name in it.</param>
internal readonly record struct BodyField(string Section, string Key);

/// <summary>
/// Finds a few texts in a JSON body of any length, holding no more of it than one value. Whatever the bytes are, it
/// comes
/// to an end. Owned by one request.
/// </summary>
internal sealed class BodySearch(BodyField[] fields)
{
    private const int DepthSeen = 2;
    private const int None = -1;

    // Half of a surrogate pair: no text of any sender, and no account id.
    private const string NoText = "\uD800";

    // 128 characters, each escaped as a pair of \uXXXX, and the quotes around them.
    private const int CapturedMax = (AccountIdText.CharsMax * 12) + 2;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]:,"u8);

    private readonly string?[] _values = new string?[fields.Length];
    private readonly bool[] _isObject = new bool[DepthSeen + 1];
    private readonly byte[] _captured = new byte[CapturedMax];
    private int _capturedLength;
    private int _depth;
    private string _section = "";
    private int _field = None;
    private bool _isInString;
    private bool _isInSection;
    private bool _isEscaped;
    private bool _captures;
    private bool _expectsKey;
    private bool _isRead;

    /// <summary>A field's text; empty where there is none. A character that no id has, where it is no text that can be
    /// one.</summary>
    public string ValueOf(int field) => _values[field] ?? "";

    /// <summary>Reads the body to its end, or to <paramref name="bytesMax"/>.</summary>
    public async ValueTask<AccountFault> ReadAsync(HttpContext http, int bytesMax, CancellationToken cancel)
    {
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            return AccountFault.Unreadable;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // Counted here instead, since past the limit there is an answer, too.
        }

        try
        {
            return await ReadAsync(http.Request.BodyReader, bytesMax, cancel);
        }
        catch (BadHttpRequestException)
        {
            return AccountFault.Unreadable;
        }
    }

    /// <summary>Goes over the next bytes of the body.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[(_isInString ? ReadText(bytes) : ReadStructure(bytes))..];
        }
    }

    private async ValueTask<AccountFault> ReadAsync(PipeReader reader, int bytesMax, CancellationToken cancel)
    {
        for (var total = 0L; ;)
        {
            var read = await reader.ReadAsync(cancel);
            foreach (var segment in read.Buffer.Slice(0, Math.Min(read.Buffer.Length, bytesMax - total)))
            {
                Feed(segment.Span); // However the body arrives in pieces, the same part of it is looked at.
            }

            total += read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (total > bytesMax)
            {
                return AccountFault.TooLarge;
            }

            if (read.IsCompleted)
            {
                return _isRead ? AccountFault.None : AccountFault.Unreadable;
            }
        }
    }

    private int ReadText(ReadOnlySpan<byte> bytes)
    {
        if (_isEscaped)
        {
            Capture(bytes[..1]);
            _isEscaped = false;
            return 1;
        }

        var end = bytes.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0)
        {
            Capture(bytes);
            return bytes.Length;
        }

        Capture(bytes[..(end + 1)]);
        _isEscaped = bytes[end] == (byte)'\\';
        if (!_isEscaped)
        {
            EndText();
        }

        return end + 1;
    }

    private int ReadStructure(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOfAny(Structure);
        if (at < 0)
        {
            return bytes.Length;
        }

        switch (bytes[at])
        {
            case (byte)'"':
                _isInString = true;
                _captures = _field != None || (_expectsKey && (_depth == 1 || (_depth == DepthSeen && _isInSection)));
                _capturedLength = 0;
                Capture(bytes.Slice(at, 1));
                break;
            case (byte)'{':
                Open(isObject: true);
                break;
            case (byte)'[':
                Open(isObject: false);
                break;
            case (byte)':':
                _expectsKey = false;
                break;
            case (byte)',':
                _field = None;
                _expectsKey = _depth <= DepthSeen && _isObject[_depth];
                break;
            default:
                Close();
                break;
        }

        return at + 1;
    }

    private void Open(bool isObject)
    {
        _field = None;
        _expectsKey = false;
        if (_isRead || (_depth == 0 && !isObject) || ++_depth > DepthSeen)
        {
            return;
        }

        _isObject[_depth] = isObject;
        _expectsKey = isObject;
    }

    private void Close()
    {
        _field = None;
        _expectsKey = false;
        if (_depth > 0 && --_depth == 0)
        {
            _isRead = true; // What follows the object is no part of it.
        }
    }

    private void EndText()
    {
        _isInString = false;
        if (!_captures)
        {
            return;
        }

        if (!_expectsKey)
        {
            Found(_field, TextOf());
            _field = None;
            return;
        }

        var key = TextOf();
        _field = IndexOf(_depth == 1 ? "" : _section, key);
        if (_depth == 1)
        {
            _section = key;
            _isInSection = Array.Exists(fields, field => field.Section == key && key.Length > 0);
        }
    }

    // Two different names for one thing: nobody can tell which is meant.
    private void Found(int field, string value) =>
        _values[field] = _values[field] is { } before && before != value ? NoText : value;

    private int IndexOf(string section, string key)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Section == section && fields[i].Key == key)
            {
                return i;
            }
        }

        return None;
    }

    private void Capture(ReadOnlySpan<byte> bytes)
    {
        if (_captures)
        {
            var room = Math.Min(bytes.Length, CapturedMax - _capturedLength);
            bytes[..room].CopyTo(_captured.AsSpan(_capturedLength));
            _capturedLength += room;
        }
    }

    private string TextOf()
    {
        var raw = _captured.AsSpan(0, _capturedLength);
        if (!raw[1..^1].ContainsAnyExceptInRange((byte)' ', (byte)'~') && !raw.Contains((byte)'\\'))
        {
            return raw[^1] == (byte)'"' ? Encoding.ASCII.GetString(raw[1..^1]) : NoText;
        }

        try
        {
            var reader = new Utf8JsonReader(raw);
            return reader.Read() && reader.GetString() is { } text ? text : NoText;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return NoText;
        }
    }
}
