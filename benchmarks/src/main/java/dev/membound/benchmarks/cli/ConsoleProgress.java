package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.suite.Progress;
import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on standard error: a bar on a terminal, a line now and then elsewhere. */
final class ConsoleProgress implements Progress, AutoCloseable {
  private static final long PLAIN_LINE_EVERY_NANOS = 15_000_000_000L;
  private static final int COLUMNS = 100;

  private final PrintStream out;
  private final boolean terminal;
  private final String task;
  private ProgressBar bar;
  private long lastPlainLineNanos;
  private boolean printed;

  ConsoleProgress(PrintStream out, boolean terminal, String task) {
    this.out = out;
    this.terminal = terminal;
    this.task = task;
  }

  /**
   * @param task what is being done, for instance {@code measuring}
   */
  static ConsoleProgress onStandardError(String task) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    return new ConsoleProgress(System.err, terminal, task);
  }

  @Override
  public void step(int done, int planned, String what, Duration remaining) {
    String eta = remaining == null ? "" : "about " + minutes(remaining) + " left";
    if (terminal) {
      if (bar == null) {
        bar =
            new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(planned)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(out, COLUMNS))
                .hideEta()
                .build();
      }
      bar.maxHint(planned);
      bar.stepTo(done);
      bar.setExtraMessage(" " + eta + "  " + what);
      return;
    }
    long now = System.nanoTime();
    if (!printed || now - lastPlainLineNanos > PLAIN_LINE_EVERY_NANOS) {
      printed = true;
      lastPlainLineNanos = now;
      out.printf("%s %d/%d %s  %s%n", task, done, planned, eta, what);
    }
  }

  @Override
  public void note(String line) {
    if (bar != null) {
      out.println();
    }
    out.println("note: " + line);
  }

  @Override
  public void done() {
    close();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.stepTo(bar.getMax());
      bar.close();
      bar = null;
    }
  }

  private static String minutes(Duration remaining) {
    long seconds = Math.max(1, remaining.toSeconds());
    return seconds < 90 ? seconds + " s" : (seconds + 30) / 60 + " min";
  }
}
