using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Inference.Training;

/// <summary>Writes a second tier's card: what it is, what was measured beside the first tier, where it fails.</summary>
internal static class SecondTierCard
{
    /// <summary>The card as Markdown.</summary>
    public static string Write(
        TrainingOptions options,
        SecondTierManifest manifest,
        TrainingSet set,
        double shareMeasured,
        ImmutableArray<ModelMeasures> measures)
    {
        var card = new StringBuilder();
        Line(
            card,
            $"""
            # {manifest.Name}/{manifest.Version}

            Reads one request word by word, asked where {manifest.First} gives harvest a probability of
            {manifest.AskedFrom:f2} or more, once a frame. A published English encoder (Universal Sentence Encoder Lite; `NOTICE.md`),
            trained on: {manifest.PieceCount} pieces of words, and for a word that is none the sense and the concept that our
            thesaurus knows it by; at most {Detection.Readings.PieceLayout.LengthMax} pieces a prompt. Gives a logit of harvest and of each kind, and
            {manifest.EmbeddingLength} numbers in which prompts of one frame lie close. Its logits and those of the
            first tier are added up by weights learned on families that neither had seen.

            With {manifest.First} it is {(manifest.IsBetter ? "better" : "no better")} than that alone on families left out.

            ## Trained on

            What {manifest.First} is trained on: {set.Families.Count} families, {set.PromptCount} prompts. Drawn alike:
            sides, families and templates equally often, slots replaced by those of other prompts, words dropped, senses
            kept where their words are dropped. Reproduce: `models/training/README.md`, seed {options.Seed}; about
            fifty minutes of one core. What the encoder was published with is not known to us. Networks are trained by PyTorch, whose numbers depend on the machine.

            ## Measured on families left out

            {SecondTierTrainer.FoldCount} folds, each left out of both tiers. The stack that rates a prompt was learned without its
            fold. Prompts measured: two of each authored frame, forty of each found template, of the folds that the
            trainer went through ({shareMeasured:P0} of these prompts), so figures of the first tier differ from those of
            its own card. Reproduce: `sentinel evaluate models --corpora DIR`.

            """);
        card.Append(ModelTable.Markdown(measures));

        Line(
            card,
            $"""

            ## Known failures

            - The figures asked for (recall of 0.8 and more where 0.1 % of innocent prompts pass) are not reached: with
              {manifest.BenignReference.FamilyCount} independent innocent groups the last tenth of a percent is one group
              or two. One score is weak evidence; it is gathered over many requests and accounts.
            - It knows English. Of another language it reads the words of the thesaurus, as what English ones mean.
            - What a prompt says beyond {Detection.Readings.PieceLayout.LengthMax} pieces is not read: of a long message
              its beginning and end.
            - It is not asked over Kafka: see `src/decisions/0009-a-second-opinion-once-a-frame.md`.
            - What was tried beyond this, and what it gave: `models/training/TRIED.md`.
            """);
        return card.ToString();
    }

    private static void Line(StringBuilder card, FormattableString text) =>
        card.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
