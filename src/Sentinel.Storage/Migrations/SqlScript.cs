using System.Collections.Immutable;

namespace Sentinel.Storage.Migrations;

// Splits a script at the semicolons that stand outside quotes and comments.
internal static class SqlScript
{
    public static ImmutableArray<string> Split(string script)
    {
        var statements = ImmutableArray.CreateBuilder<string>();
        int start = 0, position = 0;
        var hasWord = false;
        while (position < script.Length)
        {
            var after = PastQuoteOrComment(script, position, out var isComment);
            if (after > position)
            {
                hasWord |= !isComment;
                position = after;
                continue;
            }

            if (script[position] == ';')
            {
                Add(statements, script[start..position], hasWord);
                start = position + 1;
                hasWord = false;
            }
            else
            {
                hasWord |= !char.IsWhiteSpace(script[position]);
            }

            position++;
        }

        Add(statements, script[start..], hasWord);
        return statements.ToImmutable();
    }

    private static void Add(ImmutableArray<string>.Builder statements, string statement, bool hasWord)
    {
        if (hasWord)
        {
            statements.Add(statement.Trim());
        }
    }

    // The position after a quoted text or comment that begins here, or the same position when none does.
    private static int PastQuoteOrComment(string script, int position, out bool isComment)
    {
        var rest = script.AsSpan(position);
        isComment = rest.StartsWith("--") || rest.StartsWith("/*");
        if (isComment)
        {
            var end = rest.StartsWith("--") ? rest.IndexOf('\n') : rest.IndexOf("*/");
            return end < 0 ? script.Length : position + end + (rest[0] == '-' ? 1 : 2);
        }

        if (rest[0] is not ('\'' or '"' or '`'))
        {
            return position;
        }

        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\')
            {
                i++;
            }
            else if (rest[i] == rest[0])
            {
                return position + i + 1; // A doubled quote just opens the next quoted text.
            }
        }

        return script.Length;
    }
}
