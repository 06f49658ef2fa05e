using Sentinel.Detection.Accounts;

namespace Sentinel.Detection.Tests.Accounts;

public class BlockArenaTests
{
    private const int PageBytes = 1 << 15;

    [Fact]
    public void AddAndFree_AnyOrderAndLengths_KeepsEachContentAndNoGaps()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            var arena = new BlockArena();
            var blocks = new Dictionary<int, (uint Place, byte[] Content)>();
            for (var step = 0; step < 20_000; step++)
            {
                // It grows, shrinks and grows again.
                var wanted = step / 5_000 % 2 == 0 ? 0.7 : 0.3;
                if (blocks.Count == 0 || random.NextDouble() < wanted)
                {
                    var content = new byte[random.Next(step % 100 == 0 ? BlockArena.ContentMax + 1 : 400)];
                    random.NextBytes(content);
                    blocks.Add(step, (arena.Add(step, content), content));
                }
                else
                {
                    Free(arena, blocks, blocks.Keys.ElementAt(random.Next(Math.Min(blocks.Count, 50))));
                }
            }

            Assert.All(blocks.Values, block => Assert.Equal(block.Content, arena[block.Place]));
            Assert.Equal(blocks.Count, blocks.Values.Select(block => block.Place).Distinct().Count());

            // A page for each size that is not full, and what is left at the end of a page.
            var bytes = blocks.Values.Sum(block => (block.Content.Length + 6 + 7) / 8 * 8L);
            var sizes = blocks.Values.Select(block => (block.Content.Length + 6 + 7) / 8).Distinct().Count();
            Assert.True(arena.PageBytes <= (bytes * 1.2) + (sizes * (long)PageBytes), $"Seed {seed}: {bytes} in {arena.PageBytes}.");

            blocks.Keys.ToList().ForEach(owner => Free(arena, blocks, owner));
            Assert.Equal(0, arena.PageBytes);
        }
    }

    [Fact]
    public void Add_ContentAtTheLimit_FitsAndOneMoreByteDoesNot()
    {
        var arena = new BlockArena();
        Assert.Equal(BlockArena.ContentMax, arena[arena.Add(1, new byte[BlockArena.ContentMax])].Length);
        Assert.Throws<InvalidDataException>(() => arena.Add(2, new byte[BlockArena.ContentMax + 1]));
    }

    private static void Free(BlockArena arena, Dictionary<int, (uint Place, byte[] Content)> blocks, int owner)
    {
        var place = blocks[owner].Place;
        blocks.Remove(owner);
        if (arena.Free(place) is >= 0 and var moved)
        {
            blocks[moved] = blocks[moved] with { Place = place };
        }
    }
}
