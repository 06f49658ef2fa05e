using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Reports.People;

/// <summary>The objects of a PDF 1.7 file (ISO 32000-1) and how they are put down. The same objects give the same bytes.</summary>
internal sealed class PdfFile
{
    private readonly List<byte[]> _objects = [];

    /// <summary>A number for an object that is filled in later.</summary>
    public int Reserve()
    {
        _objects.Add([]);
        return _objects.Count;
    }

    /// <summary>An object of a text.</summary>
    public int Add(string text)
    {
        var number = Reserve();
        Set(number, text);
        return number;
    }

    /// <summary>Fills in an object.</summary>
    public void Set(int number, string text) => _objects[number - 1] = Encoding.ASCII.GetBytes(text);

    /// <summary>An object of bytes, packed.</summary>
    public int AddStream(ReadOnlySpan<byte> bytes, string more = "")
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        var number = Reserve();
        _objects[number - 1] =
        [
            .. Encoding.ASCII.GetBytes(Text($"<< /Length {packed.Length} /Filter /FlateDecode {more}>>\nstream\n")),
            .. packed.ToArray(),
            .. "\nendstream"u8,
        ];
        return number;
    }

    /// <summary>Writes the file.</summary>
    public void Save(Stream to, int catalog, int info)
    {
        using var file = new MemoryStream();
        file.Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n"u8);
        var places = new long[_objects.Count];
        for (var i = 0; i < _objects.Count; i++)
        {
            places[i] = file.Position;
            file.Write(Encoding.ASCII.GetBytes(Text($"{i + 1} 0 obj\n")));
            file.Write(_objects[i]);
            file.Write("\nendobj\n"u8);
        }

        var table = file.Position;
        var tail = new StringBuilder(Text($"xref\n0 {_objects.Count + 1}\n0000000000 65535 f \n"));
        foreach (var place in places)
        {
            tail.Append(CultureInfo.InvariantCulture, $"{place:D10} 00000 n \n");
        }

        var id = Convert.ToHexString(SHA256.HashData(file.ToArray()).AsSpan(0, 16));
        tail.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {_objects.Count + 1} /Root {catalog} 0 R /Info {info} 0 R ");
        tail.Append(CultureInfo.InvariantCulture, $"/ID [<{id}> <{id}>] >>\nstartxref\n{table}\n%%EOF\n");
        file.Write(Encoding.ASCII.GetBytes(tail.ToString()));
        file.Position = 0;
        file.CopyTo(to);
    }

    /// <summary>A text of a document, any characters: hexadecimal, so that nothing in it can end it.</summary>
    public static string TextString(string text) =>
        "<FEFF" + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text)) + ">";

    /// <summary>Numbers as PDF writes them.</summary>
    public static string Text(FormattableString text) => FormattableString.Invariant(text);
}
