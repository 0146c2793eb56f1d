package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.benchmarks.cli.SimulationAnswer.Capacity;
import dev.membound.benchmarks.cli.SimulationAnswer.Chunked;
import dev.membound.benchmarks.cli.SimulationAnswer.Disaggregated;
import dev.membound.benchmarks.cli.SimulationAnswer.OperatorTime;
import dev.membound.benchmarks.cli.SimulationAnswer.Parameter;
import dev.membound.benchmarks.cli.SimulationAnswer.PhaseTime;
import dev.membound.benchmarks.cli.SimulationAnswer.Pool;
import dev.membound.benchmarks.cli.SimulationAnswer.Ranked;
import dev.membound.benchmarks.cli.SimulationAnswer.Speculative;
import dev.membound.benchmarks.cli.SimulationAnswer.Work;
import dev.membound.model.run.Interval;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link SimulationAnswer} for people. */
final class SimulationText {
  private final Output output;

  SimulationText(Output output) {
    this.output = output;
  }

  void print(SimulationAnswer answer) {
    Work work = answer.workload();
    output.line(
        "%s, %s weights, %s KV, %s activations, batch %d, context %d, attention %s"
            .formatted(
                work.model(),
                work.weights(),
                work.kv(),
                work.activations(),
                work.batch(),
                work.contextTokens(),
                work.kvSelection()));
    output.line(
        "on %d x %s (%s)"
            .formatted(
                answer.system().count(),
                answer.system().device(),
                answer.system().sharding().label()));
    output.line("");
    if (answer.search() != null) {
      search(answer.search());
    }
    if (answer.capacity().fits()) {
      times(answer);
    } else {
      doesNotFit(answer.capacity());
    }
    output.line("capacity");
    output.table(capacity(answer.capacity()));
    output.line("");
    if (answer.capacity().fits()) {
      output.line("what the intervals come from (all values: ./membound devices NAME, or --json)");
      output.table(parameters(answer));
      output.line("");
    }
    output.line("what stands behind it, weakest first: " + answer.provenance());
    answer.warnings().forEach(warning -> output.line("warning: " + warning));
  }

  private void times(SimulationAnswer answer) {
    PhaseTime decode = answer.decode();
    PhaseTime prefill = answer.prefill();
    if (decode != null) {
      output.line("decode  " + time(decode.seconds()) + " a step (TPOT)");
      output.line("        " + interval(decode.tokensPerSecond(), 1, "%.4g") + " tokens/s");
      output.line(
          "        %.4g J of memory energy a token; all energy, cost, carbon: ./membound cost"
              .formatted(decode.memoryJoules() / answer.workload().batch()));
    }
    if (prefill != null) {
      output.line("prefill " + time(prefill.seconds()) + " (TTFT, without queueing)");
    }
    if (answer.chunkedPrefill() != null) {
      chunked(answer.chunkedPrefill());
    }
    if (answer.speculativeDecoding() != null) {
      speculative(answer.speculativeDecoding());
    }
    if (answer.disaggregatedPrefill() != null) {
      disaggregated(answer.disaggregatedPrefill());
    }
    output.line("brackets: 90 % intervals");
    output.line("");
    output.line(
        (decode != null ? "decode step" : "prefill")
            + ": every operator, all its executions, on each device");
    output.table(decode != null ? operators("decode step", decode) : operators("prefill", prefill));
    output.line("");
  }

  private void chunked(Chunked c) {
    output.line(
        "chunked %s in %d chunks of %d tokens; a decode step waits for up to %s"
            .formatted(
                time(c.seconds()), c.chunks(), c.chunkTokens(), time(c.longestChunkSeconds())));
    c.problems().forEach(problem -> output.line("        " + problem));
  }

  private void speculative(Speculative s) {
    output.line(
        "drafts of %d by %s, %.0f %% accepted: %.3g tokens a step of %s"
            .formatted(
                s.draftTokens(),
                s.draftModel(),
                100 * s.acceptance(),
                s.expectedTokensPerStep(),
                time(s.stepSeconds())));
    output.line(
        "        %s a token, %s tokens/s, %s times plain decoding"
            .formatted(
                time(s.secondsPerToken()),
                interval(s.tokensPerSecond(), 1, "%.4g"),
                interval(s.speedup(), 1, "%.3g")));
  }

  private void disaggregated(Disaggregated d) {
    output.line(
        "prefill on %d x %s %s, then %.3f GB of KV over %d x %.4g Gb/s %s"
            .formatted(
                d.prefillCount(),
                d.prefillDevice(),
                time(d.prefillSeconds()),
                d.transferBytes() / 1e9,
                d.prefillCount(),
                d.linkGigabitsPerSecond(),
                time(d.transferSeconds())));
    output.line(
        "        in one piece %s; layer by layer %s, of which %s are not hidden"
            .formatted(
                time(d.secondsInOnePiece()),
                time(d.secondsLayerByLayer()),
                time(d.exposedTransferSeconds())));
    d.problems().forEach(problem -> output.line("        " + problem));
  }

  private void doesNotFit(Capacity capacity) {
    for (Pool pool : capacity.pools()) {
      if (pool.shortfallBytes() > 0) {
        output.line(
            "does not fit on %d x %s: short by %.2f GB of %.2f GB; %s"
                .formatted(
                    pool.count(),
                    pool.device(),
                    pool.shortfallBytes() / 1e9,
                    pool.bytes() / 1e9,
                    smallest(pool)));
      }
    }
    output.line("");
  }

  private static String smallest(Pool pool) {
    Sharding sharding = pool.smallestSharding();
    return sharding == null
        ? "no number of them holds it"
        : "the smallest count that fits is %d: %s"
            .formatted(pool.smallestCount(), options(sharding));
  }

  /** The options that ask for a sharding. */
  private static String options(Sharding s) {
    StringBuilder options = new StringBuilder("--count " + s.devices());
    append(options, "--tp", s.tensorParallel());
    append(options, "--pp", s.pipelineParallel());
    append(options, "--ep", s.expertParallel());
    append(options, "--dp", s.dataParallel());
    append(options, "--cp", s.contextParallel());
    return options.toString();
  }

  private static void append(StringBuilder options, String name, int count) {
    if (count > 1) {
      options.append(' ').append(name).append(' ').append(count);
    }
  }

  private void search(List<Ranked> ranking) {
    if (ranking.isEmpty()) {
      output.line("no sharding of so many devices fits");
    } else {
      output.table(
          new DataTable(
              "best shardings",
              List.of(
                  Column.text("sharding"),
                  Column.count("devices"),
                  Column.seconds("time"),
                  Column.number("tokens/s", ""),
                  Column.number("tokens/s and device", "")),
              ranking.stream()
                  .map(
                      r ->
                          row(
                              r.sharding().label(),
                              r.devices(),
                              r.seconds(),
                              r.tokensPerSecond(),
                              r.tokensPerSecondAndDevice()))
                  .toList()));
    }
    output.line("");
  }

  private static DataTable operators(String caption, PhaseTime phase) {
    double total = phase.operators().stream().mapToDouble(OperatorTime::seconds).sum();
    return new DataTable(
        caption,
        List.of(
            Column.text("operator"),
            Column.text("engine"),
            Column.seconds("time"),
            Column.percent("share"),
            Column.seconds("memory"),
            Column.seconds("compute"),
            Column.seconds("link"),
            Column.seconds("start-up"),
            Column.bytes("bytes"),
            Column.text("bottleneck")),
        phase.operators().stream()
            .map(
                o ->
                    row(
                        o.operator(),
                        o.engine(),
                        o.seconds(),
                        100 * o.seconds() / total,
                        o.memorySeconds(),
                        o.computeSeconds(),
                        o.linkSeconds(),
                        o.startupSeconds(),
                        o.bytes(),
                        o.bottleneck()))
            .toList());
  }

  private static DataTable capacity(Capacity capacity) {
    List<List<Object>> rows = new ArrayList<>();
    for (Pool pool : capacity.pools()) {
      String memory = pool.count() + " x " + pool.device();
      pool.bytesByComponent()
          .forEach(
              (component, bytes) -> rows.add(row(memory, component, bytes / pool.count(), bytes)));
      rows.add(row(memory, "all", pool.bytesPerDevice(), pool.bytes()));
      rows.add(row(memory, "capacity", pool.capacityBytes() / pool.count(), pool.capacityBytes()));
    }
    return new DataTable(
        "capacity",
        List.of(
            Column.text("memory"),
            Column.text("component"),
            Column.bytes("each"),
            Column.bytes("together")),
        rows);
  }

  private static DataTable parameters(SimulationAnswer answer) {
    return new DataTable(
        "what the intervals come from",
        List.of(
            Column.text("device"),
            Column.text("value"),
            Column.value("estimate"),
            Column.value("low"),
            Column.value("high"),
            Column.text("unit"),
            Column.text("provenance")),
        answer.parameters().stream()
            .filter(Parameter::uncertain)
            .map(
                p ->
                    row(
                        p.device(),
                        p.name(),
                        p.value(),
                        p.low(),
                        p.high() == null ? Double.POSITIVE_INFINITY : p.high(),
                        p.unit(),
                        p.provenance().name()))
            .toList());
  }

  /** Milliseconds below 10 s. */
  private static String time(Interval seconds) {
    return seconds.median() < 10
        ? interval(seconds, 1e3, "%.4g") + " ms"
        : interval(seconds, 1, "%.4g") + " s";
  }

  private static String interval(Interval interval, double scale, String format) {
    return String.format(
        Locale.ROOT,
        format + " [" + format + ", " + format + "]",
        interval.median() * scale,
        interval.low() * scale,
        interval.high() * scale);
  }
}
