using System.Collections.Immutable;

namespace Sentinel.Streaming.Input;

/// <summary>One source of lines.</summary>
/// <param name="Name">File name without folder, or <c>stdin</c>: what dead letters carry.</param>
/// <param name="Length">Bytes, compressed where it is; null when not known.</param>
/// <param name="Open">Opens it for reading; called once for a run.</param>
public sealed record InputFile(string Name, long? Length, Func<Stream> Open)
{
    /// <summary>Whether the name says that the content is compressed.</summary>
    public bool IsNamedGzip => Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// What <c>--input</c> names: a file, a folder, or <c>-</c> for standard input. Of a folder the files <c>.jsonl</c> and
/// <c>.ndjson</c>, plain or <c>.gz</c>, in ordinal order of their names and without sub-folders; a single file may
/// have any name. Whether it is compressed is seen from its first bytes.
/// </summary>
public sealed class InputSet
{
    /// <summary>The name for standard input.</summary>
    public const string StandardInput = "-";

    private static readonly ImmutableArray<string> Endings = [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"];

    /// <summary>A set of given sources.</summary>
    public InputSet(ImmutableArray<InputFile> files, ImmutableArray<string> ignored)
    {
        Files = files;
        Ignored = ignored;
    }

    /// <summary>The sources, in the order in which they are read.</summary>
    public ImmutableArray<InputFile> Files { get; }

    /// <summary>
    /// Names in the folder that are no input, in ordinal order: worth a note to whoever gave the folder.
    /// </summary>
    public ImmutableArray<string> Ignored { get; }

    /// <summary>Bytes of all sources as they lie; null when not known.</summary>
    public long? BytesTotal => Files.All(file => file.Length is not null) ? Files.Sum(file => file.Length) : null;

    /// <summary>
    /// Finds the sources. On false <paramref name="problem"/> is a sentence for whoever typed the name.
    /// </summary>
    /// <param name="input">A path, or <see cref="StandardInput"/>.</param>
    /// <param name="openStandardInput">Opens standard input.</param>
    /// <param name="set">The sources.</param>
    /// <param name="problem">What is wrong with the path.</param>
    public static bool TryFind(string input, Func<Stream> openStandardInput, out InputSet set, out string problem)
    {
        ArgumentNullException.ThrowIfNull(input);
        set = new InputSet([], []);
        problem = "";
        if (input == StandardInput)
        {
            set = new InputSet([new InputFile("stdin", Length: null, openStandardInput)], []);
            return true;
        }

        try
        {
            if (File.Exists(input))
            {
                set = new InputSet([FileAt(input)], []);
                return true;
            }

            if (Directory.Exists(input))
            {
                set = Folder(input);
                return true;
            }
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"The input '{input}' cannot be read: access is denied.";
            return false;
        }
        catch (IOException failure)
        {
            problem = $"The input '{input}' cannot be read: {failure.Message}";
            return false;
        }

        problem = $"The input '{input}' does not exist.";
        return false;
    }

    private static InputSet Folder(string path)
    {
        var names = Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal).ToList();
        return new InputSet(
            [.. names.Where(IsInput).Select(FileAt)],
            [.. names.Where(name => !IsInput(name)).Select(name => Path.GetFileName(name))]);
    }

    private static bool IsInput(string path) =>
        File.Exists(path) && Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static InputFile FileAt(string path)
    {
        // Opened once here, so that a file that cannot be is known before the run begins.
        using var trial = OpenFile(path);
        return new InputFile(Path.GetFileName(path), trial.CanSeek ? trial.Length : null, () => OpenFile(path));
    }

    private static FileStream OpenFile(string path) => new(
        path,
        new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0, // The reader's own window is larger.
            Options = FileOptions.SequentialScan,
        });
}
