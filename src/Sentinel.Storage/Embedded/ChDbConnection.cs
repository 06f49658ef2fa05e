using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Storage.Embedded;

// One connection to the engine of this process. One statement at a time; the pool sees to that.
internal sealed unsafe class ChDbConnection : IDisposable
{
    /// <summary>Parameters that one statement can have.</summary>
    public const int ParametersMax = 16;

    private nint* _connection;

    private ChDbConnection(nint* connection) => _connection = connection;

    public static ChDbConnection Open(string folder, ImmutableArray<string> arguments)
    {
        var all = new[] { "sentinel", "--path=" + folder }.Concat(arguments).ToArray();
        var pointers = stackalloc byte*[all.Length];
        nint* connection;
        try
        {
            for (var i = 0; i < all.Length; i++)
            {
                pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(all[i]);
            }

            connection = ChDbNative.Connect(all.Length, pointers);
        }
        finally
        {
            for (var i = 0; i < all.Length; i++)
            {
                Marshal.FreeCoTaskMem((nint)pointers[i]);
            }
        }

        return connection is not null
            ? new ChDbConnection(connection)
            : throw new ClickHouseException(
                $"chDB could not open {folder}; its reason is on standard error. A process has one data folder.");
    }

    public ChDbResult Query(string sql, string format, ImmutableArray<SqlParameter> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parameters.Length, ParametersMax);
        var query = Encoding.UTF8.GetBytes(sql);
        var formatName = Encoding.UTF8.GetBytes(format);
        var texts = Texts(parameters, out var ends);
        var names = stackalloc byte*[ParametersMax];
        var nameLengths = stackalloc nuint[ParametersMax];
        var values = stackalloc byte*[ParametersMax];
        var valueLengths = stackalloc nuint[ParametersMax];
        fixed (byte* queryStart = query, formatStart = formatName, textStart = texts)
        {
            var start = 0;
            for (var i = 0; i < parameters.Length; i++)
            {
                names[i] = textStart + start;
                nameLengths[i] = (nuint)(ends[2 * i] - start);
                values[i] = textStart + ends[2 * i];
                valueLengths[i] = (nuint)(ends[(2 * i) + 1] - ends[2 * i]);
                start = ends[(2 * i) + 1];
            }

            return ChDbResult.Take(ChDbNative.Query(
                *_connection,
                queryStart, (nuint)query.Length,
                formatStart, (nuint)formatName.Length,
                names, nameLengths, values, valueLengths, (nuint)parameters.Length));
        }
    }

    public void Insert(string into, string format, IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        var statement = Encoding.UTF8.GetBytes(into);
        var formatName = Encoding.UTF8.GetBytes(format);
        nint insert;
        fixed (byte* start = statement, formatStart = formatName)
        {
            insert = ChDbNative.BeginInsert(
                *_connection, start, (nuint)statement.Length, formatStart, (nuint)formatName.Length);
        }

        try
        {
            ThrowOnError(insert);
            for (var i = 0; i < body.Count; i++)
            {
                fixed (byte* bytes = body[i].Span)
                {
                    if (ChDbNative.AppendInsert(insert, bytes, (nuint)body[i].Length) != 0)
                    {
                        break; // The insert has failed already; finishing it says why.
                    }
                }
            }

            using var result = ChDbResult.Take(ChDbNative.FinishInsert(insert));
        }
        finally
        {
            ChDbNative.DestroyInsert(insert);
        }
    }

    public void Dispose()
    {
        if (_connection is not null)
        {
            ChDbNative.Close(_connection);
            _connection = null;
        }
    }

    private static void ThrowOnError(nint insert)
    {
        if (Marshal.PtrToStringUTF8((nint)ChDbNative.InsertError(insert)) is { } error)
        {
            throw new ClickHouseException(error);
        }
    }

    // Names and values one after another in one array, so that one pin holds them all.
    private static byte[] Texts(ImmutableArray<SqlParameter> parameters, out int[] ends)
    {
        ends = new int[2 * parameters.Length];
        var length = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            ends[2 * i] = length += Encoding.UTF8.GetByteCount(parameters[i].Name);
            ends[(2 * i) + 1] = length += Encoding.UTF8.GetByteCount(parameters[i].Wire);
        }

        var texts = new byte[length + 1]; // Never empty: pinning an empty array gives no address.
        length = 0;
        foreach (var parameter in parameters)
        {
            length += Encoding.UTF8.GetBytes(parameter.Name, texts.AsSpan(length));
            length += Encoding.UTF8.GetBytes(parameter.Wire, texts.AsSpan(length));
        }

        return texts;
    }
}
