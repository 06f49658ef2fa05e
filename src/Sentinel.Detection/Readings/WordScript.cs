namespace Sentinel.Detection.Readings;

/// <summary>The alphabet that a word is read in, which tells how the look-alikes of the next one are read.</summary>
internal enum WordScript : byte
{
    /// <summary>Nothing tells yet.</summary>
    Other,

    /// <summary>Latin, or one that is written beside Latin words rather than Cyrillic ones.</summary>
    Latin,

    /// <summary>Cyrillic.</summary>
    Cyrillic,
}
