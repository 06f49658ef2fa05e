using System.Reflection;
using System.Runtime.InteropServices;

namespace Sentinel.Storage.Embedded;

// The C interface of libchdb 26.7, only what is used of it. A connection runs one statement at a time.
internal static unsafe partial class ChDbNative
{
    private const string Library = "chdb";

    static ChDbNative() => NativeLibrary.SetDllImportResolver(typeof(ChDbNative).Assembly, Resolve);

    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    public static partial void SetSignalHandlersEnabled(int enabled);

    /// <summary>Pointer to the connection, or null; the reason for null is on standard error.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_connect")]
    public static partial nint* Connect(int argumentCount, byte** arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    public static partial void Close(nint* connection);

    /// <summary>Joins the library's threads, for good. Does nothing while a connection is open.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_shutdown")]
    public static partial int Shutdown();

    [LibraryImport(Library, EntryPoint = "chdb_query_with_params_n")]
    public static partial nint Query(
        nint connection,
        byte* query, nuint queryLength,
        byte* format, nuint formatLength,
        byte** names, nuint* nameLengths,
        byte** values, nuint* valueLengths,
        nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    public static partial byte* ResultError(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    public static partial byte* ResultBuffer(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    public static partial nuint ResultLength(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    public static partial void DestroyResult(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_n")]
    public static partial nint BeginInsert(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_error")]
    public static partial byte* InsertError(nint insert);

    /// <summary>0 on success; the bytes are copied.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_append")]
    public static partial int AppendInsert(nint insert, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "chdb_stream_done")]
    public static partial nint FinishInsert(nint insert);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_insert_stream")]
    public static partial void DestroyInsert(nint insert);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeLibrary.Load(NativeLibraryFile.Find()) : 0;
}
