package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.quantity.Draw;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.KvFootprint;
import java.util.ArrayList;
import java.util.List;

/**
 * Years until flash cells are worn out,
 *
 * <pre>
 *   years = capacity · cycles / (write rate · ⌈chunk / page⌉ · page / chunk) / seconds a year
 *   weights: write rate = model bytes / interval of replacement
 *   KV:      write rate = tokens/s, those of prompts included · bytes a token
 * </pre>
 *
 * with perfect wear levelling.
 */
final class HbfEndurance implements Study {
  private static final int STACKS = 3;
  private static final double SERVICE_YEARS = 5;
  private static final double HOUR = 3_600;
  private static final double DAY = 86_400;
  // Triple-level cells of servers; one write of a whole drive a day for five years is 1,825.
  private static final double TLC_CYCLES = 3_000;
  private static final double[] TOKEN_RATES = {10, 100, 1_000, 10_000, 100_000};
  private static final Draw BEST = Draw.best();

  @Override
  public String name() {
    return "hbf-endurance";
  }

  @Override
  public String title() {
    return "High bandwidth flash: write endurance";
  }

  @Override
  public String question() {
    return "How long do three HBF stacks (1,536 GB) last under replaced weights, and under a KV"
        + " cache written with every token? 100,000 cycles as published for these cells, 3,000 as"
        + " triple-level cells of servers have; perfect wear levelling.";
  }

  /** Three stacks as one memory. */
  private static HbfMemory flash() {
    HbfMemory one = (HbfMemory) MemoryCatalogue.find("hbf").tier().model();
    return new HbfMemory(
        one.capacityBytes().idealised(STACKS * BEST.of(one.capacityBytes())),
        one.pageBytes(),
        one.pageReadSeconds(),
        one.readBytesPerSecond(),
        one.writeBytesPerSecond(),
        one.bufferBytes(),
        one.cycles(),
        one.joulesPerByte(),
        one.kvCache());
  }

  private static double years(double bytesPerSecond, long chunkBytes, double cycles) {
    HbfMemory flash = flash();
    return flash.lifetimeYears(bytesPerSecond, chunkBytes, BEST) * cycles / BEST.of(flash.cycles());
  }

  @Override
  public StudyResult run() {
    HbfMemory flash = flash();
    double cycles = BEST.of(flash.cycles());
    LlmArchitecture large = LlmCatalogue.find("llama-3.1-405b");
    LlmArchitecture llama = LlmCatalogue.find("llama-3.1-70b");
    double weights = CapacityLedger.weightBytes(large, DataFormat.F16);
    long token = KvFootprint.bytesPerToken(llama, DataFormat.F16);
    long head = 128 * 2;
    List<List<Object>> rows = new ArrayList<>();
    addWrites(rows, "405B weights, monthly", weights / (30 * DAY), Long.MAX_VALUE, cycles);
    addWrites(rows, "405B weights, daily", weights / DAY, Long.MAX_VALUE, cycles);
    addWrites(rows, "405B weights, hourly", weights / HOUR, Long.MAX_VALUE, cycles);
    addWrites(rows, "405B weights, every minute", weights / 60, Long.MAX_VALUE, cycles);
    for (double rate : TOKEN_RATES) {
      addWrites(
          rows,
          "KV of " + Numbers.count(rate) + " tokens/s, whole pages",
          rate * token,
          token,
          cycles);
    }
    addWrites(rows, "KV of 1,000 tokens/s, a page a head", 1_000.0 * token, head, cycles);
    double limit = years(token, token, cycles) / SERVICE_YEARS;
    double limitOfHeads = years(token, head, cycles) / SERVICE_YEARS;
    double limitOfTlc = years(token, token, TLC_CYCLES) / SERVICE_YEARS;
    return new StudyResult(
        List.of(
            new DataTable(
                "Lifetime of three HBF stacks",
                List.of(
                    Column.text("what is written"),
                    Column.number("useful bytes", "MB/s"),
                    Column.number("page amplification", ""),
                    Column.number("lifetime, 100,000 cycles", "years"),
                    Column.number("lifetime, 3,000 cycles", "years")),
                rows)),
        List.of(
            new StudyFigure(
                "Lifetime by written tokens",
                "Three stacks last "
                    + Numbers.significant(SERVICE_YEARS)
                    + " years up to "
                    + Numbers.significant(limit)
                    + " tokens/s of Llama-3.1-70B, prompts included, if every token fills whole"
                    + " pages; "
                    + Numbers.significant(limitOfHeads)
                    + " with a page a head, "
                    + Numbers.significant(limitOfTlc)
                    + " with 3,000 cycles.",
                "Both axes are logarithmic; the dashed line is a service life of five years.",
                Curve.chart(
                    Axis.log("tokens written (tokens/s)", Ticks.NUMBER),
                    Axis.log("lifetime (years)", Ticks.NUMBER),
                    List.of(
                        lifetimes("whole pages, 100,000 cycles", token, token, cycles),
                        lifetimes("a page a head, 100,000 cycles", token, head, cycles),
                        lifetimes("whole pages, 3,000 cycles", token, token, TLC_CYCLES)),
                    List.of(
                        Curve.level(
                            "5 years",
                            SERVICE_YEARS,
                            TOKEN_RATES[0],
                            TOKEN_RATES[TOKEN_RATES.length - 1]))))),
        claims(flash, weights, token, head));
  }

  private static void addWrites(
      List<List<Object>> rows, String what, double bytesPerSecond, long chunk, double cycles) {
    double page = BEST.of(flash().pageBytes());
    double amplification = chunk == Long.MAX_VALUE ? 1 : Math.ceil(chunk / page) * page / chunk;
    rows.add(
        row(
            what,
            bytesPerSecond / 1e6,
            amplification,
            years(bytesPerSecond, chunk, cycles),
            years(bytesPerSecond, chunk, TLC_CYCLES)));
  }

  private static Curve lifetimes(String name, long token, long chunk, double cycles) {
    List<double[]> points = new ArrayList<>();
    for (double rate : TOKEN_RATES) {
      points.add(new double[] {rate, years(rate * token, chunk, cycles)});
    }
    return new Curve(name, "years", points);
  }

  private static List<Claim> claims(HbfMemory flash, double weights, long token, long head) {
    double low = flash.cycles().low();
    double high = flash.cycles().high();
    double daily = years(weights / DAY, Long.MAX_VALUE, low);
    double hourly = years(weights / HOUR, Long.MAX_VALUE, low);
    double dailyTlc = years(weights / DAY, Long.MAX_VALUE, TLC_CYCLES);
    double hourlyTlc = years(weights / HOUR, Long.MAX_VALUE, TLC_CYCLES);
    // A GPU node that takes in ten prompt tokens for every one it gives out.
    double rate = 11_000;
    double packed = years(rate * token, token, low);
    double packedHigh = years(rate * token, token, high);
    double scattered = years(rate * token, head, low);
    double scatteredHigh = years(rate * token, head, high);
    String refusal = flash.refusalOfKvCache(token).orElseThrow();
    return List.of(
        new Claim(
            "weights, which change seldom, suit HBF in spite of its low endurance",
            Citations.MA_PATTERSON,
            "weights suit",
            Claim.text(daily, "years") + " when replaced daily, " + Claim.text(hourly, "hourly"),
            daily >= SERVICE_YEARS ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED,
            "811 GB of Llama-3.1-405B on 1,536 GB; with 3,000 cycles "
                + Claim.text(dailyTlc, "years")
                + " daily, "
                + Claim.text(hourlyTlc, "hourly")),
        new Claim(
            "a KV cache that grows with every token does not suit HBF",
            Citations.MA_PATTERSON,
            "does not suit",
            "%s to %s in whole pages, %s to %s with a page a head"
                .formatted(
                    Claim.text(packed, ""),
                    Claim.text(packedHigh, "years"),
                    Claim.text(scattered, ""),
                    Claim.text(scatteredHigh, "years")),
            packedHigh < SERVICE_YEARS
                ? Verdict.REPRODUCED
                : scattered < SERVICE_YEARS ? Verdict.IN_PART : Verdict.NOT_REPRODUCED,
            "1,000 tokens/s of Llama-3.1-70B and ten prompt tokens for each, 11,000 written a"
                + " second; from 100,000 to 1,000,000 cycles, the published interval. Whoever"
                + " collects tokens in HBM until they fill pages, and has cells of the upper end,"
                + " may keep a KV cache here; the capacity ledger refuses it unless forced: "
                + refusal.substring(refusal.indexOf("each token"), refusal.indexOf(". Put"))));
  }
}
