using System.Globalization;
using Spectre.Console;

namespace Sentinel.Hosting.Terminal;

/// <summary>
/// What people see: progress and notes on standard error, findings on standard output. Drawn on a terminal, plain lines
/// elsewhere.
/// </summary>
internal sealed class Screen
{
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(3);

    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly IAnsiConsole? _progress;
    private readonly IAnsiConsole? _findings;

    /// <summary>A screen on the process's own streams, drawn where they are terminals.</summary>
    public static Screen OfProcess(TimeProvider clock) => new(
        Console.Out, Console.Error, clock,
        Console.IsErrorRedirected ? null : DrawnOn(Console.Error),
        Console.IsOutputRedirected ? null : DrawnOn(Console.Out));

    private Screen(
        TextWriter output, TextWriter error, TimeProvider clock, IAnsiConsole? progress, IAnsiConsole? findings) =>
        (_output, _error, _clock, _progress, _findings) = (output, error, clock, progress, findings);

    /// <summary>The same, with findings on standard error: standard output carries lines for a program.</summary>
    public Screen WithFindingsOnError() => new(_error, _error, _clock, _progress, _progress);

    /// <summary>A line beside the findings: what is being done, what was left out.</summary>
    public void Note(string line) => _error.WriteLine(line);

    /// <summary>A line of findings.</summary>
    public void Line(string line) => _output.WriteLine(line);

    /// <summary>A heading of findings.</summary>
    public void Heading(string text)
    {
        if (_findings is null)
        {
            _output.WriteLine(text);
            return;
        }

        _findings.WriteLine();
        _findings.Write(new Rule(Markup.Escape(text)).LeftJustified());
    }

    /// <summary>Rows under column names. Control characters in cells do not reach the terminal.</summary>
    public void Table(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (_findings is null)
        {
            PlainTable(columns, rows);
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            table.AddColumn(Markup.Escape(column));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => Markup.Escape(Printable(cell)))]);
        }

        _findings.Write(table);
    }

    /// <summary>Runs work that tells how far it is: a bar on a terminal, a line now and then elsewhere.</summary>
    public async Task<T> WithProgressAsync<T>(string title, Func<Action<double?, string>, Task<T>> work)
    {
        if (_progress is null)
        {
            return await work(PlainProgress(title));
        }

        return await _progress.Progress()
            .AutoClear(enabled: true)
            .Columns(
                new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
                new PercentageColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                return work((share, text) =>
                {
                    task.IsIndeterminate = share is null;
                    task.Value = 100 * (share ?? 0);
                    task.Description = Markup.Escape($"{title}: {text}");
                });
            });
    }

    /// <summary>Text from outside, fit for a terminal and for one line.</summary>
    public static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune =>
            System.Text.Rune.IsControl(rune) || System.Text.Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
                ? "\uFFFD"
                : rune.ToString()));

    private static IAnsiConsole DrawnOn(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private Action<double?, string> PlainProgress(string title)
    {
        var toldAt = _clock.GetTimestamp();
        return (share, text) =>
        {
            if (_clock.GetElapsedTime(toldAt) < PlainPause)
            {
                return;
            }

            toldAt = _clock.GetTimestamp();
            var percent = share is { } known ? string.Create(CultureInfo.InvariantCulture, $" {known * 100:0} %") : "";
            _error.WriteLine($"{title}:{percent} {text}");
        };
    }

    private void PlainTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        foreach (var row in rows)
        {
            var cells = columns.Zip(row, (column, cell) => $"{column}={Printable(cell)}");
            _output.WriteLine("  " + string.Join("  ", cells));
        }
    }
}
