package dev.membound.benchmarks.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one command line of Membound. */
@Command(name = "membound", mixinStandardHelpOptions = true)
public final class MemboundCommand implements Runnable {
  public static void main(String[] args) {
    System.exit(new CommandLine(new MemboundCommand()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
