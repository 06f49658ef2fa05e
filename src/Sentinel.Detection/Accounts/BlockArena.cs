using System.Buffers.Binary;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// Blocks of bytes without gaps between them. Blocks of one size, in steps of 8 bytes, lie one after another on pages of their
/// own; where one is given back the last of its size moves into its place. So nothing is ever scattered, however sizes change,
/// and memory is taken only when there is more in it than ever before. Owned by one thread.
/// </summary>
/// <remarks>A block takes 6 bytes more than its content, rounded up to 8. Up to 16 GiB of pages.</remarks>
internal sealed class BlockArena
{
    /// <summary>Bytes that a block may hold.</summary>
    public const int ContentMax = 4_090;

    private const int HeadBytes = sizeof(int) + sizeof(ushort);
    private const int Step = 8;
    private const int PageBits = 15;
    private const int PlaceBits = PageBits - 3;
    private const int RegionPageBits = 5;
    private const int PageMax = 1 << (31 - PlaceBits);

    private readonly List<byte[]> _regions = [];
    private readonly Stack<int> _freePages = [];
    private readonly SizeClass?[] _classes = new SizeClass?[((ContentMax + HeadBytes) / Step) + 1];
    private int _pageCount = 1; // The first stays empty, so that no block has the place 0.

    /// <summary>Bytes of all pages in use.</summary>
    public long PageBytes => (long)(_pageCount - 1 - _freePages.Count) << PageBits;

    /// <summary>A new block.</summary>
    /// <param name="owner">What <see cref="Free"/> names it by when it moves.</param>
    /// <param name="content">Its content, at most <see cref="ContentMax"/> bytes.</param>
    /// <returns>Its place, above 0 and below 2³¹, until it is freed or moved.</returns>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public uint Add(int owner, ReadOnlySpan<byte> content)
    {
        if (content.Length > ContentMax)
        {
            throw new InvalidDataException($"An account of {content.Length} bytes; {ContentMax} is most.");
        }

        var sized = _classes[StepsOf(content.Length)] ??= new SizeClass(StepsOf(content.Length) * Step);
        if (sized.IsFull)
        {
            sized.Pages.Add(TakePage());
            sized.OnLast = 0;
        }

        var place = sized.PlaceOf(sized.OnLast++);
        var bytes = At(place, HeadBytes + content.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, owner);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[sizeof(int)..], (ushort)content.Length);
        content.CopyTo(bytes[HeadBytes..]);
        return place;
    }

    /// <summary>The content of a block, until the next change.</summary>
    public ReadOnlySpan<byte> this[uint place] => At(place, HeadBytes + LengthAt(place))[HeadBytes..];

    /// <summary>Gives a block back.</summary>
    /// <returns>Owner of the block that lies in this place now, or -1.</returns>
    public int Free(uint place)
    {
        var sized = _classes[StepsOf(LengthAt(place))]!;
        var last = sized.PlaceOf(sized.OnLast - 1);
        var moved = -1;
        if (last != place)
        {
            var bytes = At(last, sized.BlockBytes);
            bytes.CopyTo(At(place, sized.BlockBytes));
            moved = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        }

        if (--sized.OnLast == 0)
        {
            _freePages.Push(sized.Pages[^1]);
            sized.Pages.RemoveAt(sized.Pages.Count - 1);
            sized.OnLast = sized.OnPage;
        }

        return moved;
    }

    private static int StepsOf(int contentBytes) => (HeadBytes + contentBytes + Step - 1) / Step;

    private int LengthAt(uint place) => BinaryPrimitives.ReadUInt16LittleEndian(At(place, HeadBytes)[sizeof(int)..]);

    private Span<byte> At(uint place, int length)
    {
        var page = (int)(place >> PlaceBits);
        var offset = ((page & ((1 << RegionPageBits) - 1)) << PageBits) + ((int)(place & ((1u << PlaceBits) - 1)) * Step);
        return _regions[page >> RegionPageBits].AsSpan(offset, length);
    }

    private int TakePage()
    {
        if (_freePages.TryPop(out var free))
        {
            return free;
        }

        if (_pageCount == PageMax)
        {
            throw new InvalidOperationException("The accounts of one lane take more than 16 GiB.");
        }

        if (_pageCount >> RegionPageBits == _regions.Count)
        {
            _regions.Add(GC.AllocateUninitializedArray<byte>(1 << (PageBits + RegionPageBits)));
        }

        return _pageCount++;
    }

    /// <summary>The blocks of one size: all pages but the last are full.</summary>
    private sealed class SizeClass(int blockBytes)
    {
        public int BlockBytes { get; } = blockBytes;

        public int OnPage { get; } = (1 << PageBits) / blockBytes;

        public List<int> Pages { get; } = [];

        /// <summary>Blocks on the last page.</summary>
        public int OnLast { get; set; }

        public bool IsFull => Pages.Count == 0 || OnLast == OnPage;

        public uint PlaceOf(int number) => ((uint)Pages[^1] << PlaceBits) + (uint)(number * (BlockBytes / Step));
    }
}
