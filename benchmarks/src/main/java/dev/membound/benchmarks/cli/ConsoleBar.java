package dev.membound.benchmarks.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress of something countable on standard error: a bar on a terminal, elsewhere a line every
 * tenth. Safe for several threads.
 */
final class ConsoleBar implements AutoCloseable {
  private static final int COLUMNS = 100;
  private static final int LINES = 10;

  private final PrintStream out;
  private final String task;
  private final long total;
  private final ProgressBar bar;
  private long done;

  private ConsoleBar(PrintStream out, String task, long total, boolean terminal) {
    this.out = out;
    this.task = task;
    this.total = total;
    bar =
        terminal
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(out, COLUMNS))
                .build()
            : null;
  }

  static ConsoleBar onStandardError(String task, long total) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    return new ConsoleBar(System.err, task, total, terminal);
  }

  synchronized void add(long count) {
    long before = done;
    done += count;
    if (bar != null) {
      bar.stepTo(done);
    } else if (before * LINES / total < done * LINES / total) {
      out.printf("%s %,d of %,d%n", task, done, total);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
