using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sentinel.Simulation.Text;

/// <summary>
/// Texts without slots, one after another in one row of bytes, as plain text and as they stand in a JSON string: most
/// of what is written is such words, and a row is nearer than an object for each. Immutable.
/// </summary>
internal sealed class TextWords
{
    private readonly Row _plain;
    private readonly Row _escaped;

    public TextWords(IReadOnlyList<string> texts)
    {
        Texts = texts;
        _plain = new Row([.. texts.Select(Encoding.UTF8.GetBytes)]);
        _escaped = new Row([.. texts.Select(static text =>
            JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray())]);
    }

    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>How many there are.</summary>
    public int Count => Texts.Count;

    /// <summary>The words that some templates are; null where one of them is more than a text.</summary>
    public static TextWords? Of(TextTemplate[] templates) =>
        templates.Length > 0 && Array.TrueForAll(templates, static template => template.Text is not null)
            ? new TextWords([.. templates.Select(static template => template.Text!)])
            : null;

    /// <summary>Writes one.</summary>
    public void Write(int index, Utf8Buffer output)
    {
        var row = output.IsJson ? _escaped : _plain;
        var start = row.Ends[index];
        output.AddWord(row.Bytes, start, row.Ends[index + 1] - start);
    }

    /// <summary>Bytes of all, with room behind the last as <see cref="Utf8Buffer.AddWord"/> wants it.</summary>
    private sealed class Row
    {
        public Row(byte[][] words)
        {
            Ends = new int[words.Length + 1];
            for (var i = 0; i < words.Length; i++)
            {
                Ends[i + 1] = Ends[i] + words[i].Length;
            }

            Bytes = new byte[Ends[^1] + Utf8Buffer.WordBytes];
            for (var i = 0; i < words.Length; i++)
            {
                words[i].CopyTo(Bytes, Ends[i]);
            }
        }

        public byte[] Bytes { get; }

        /// <summary>Where each begins, and behind the last where it ends.</summary>
        public int[] Ends { get; }
    }
}
