package dev.membound.model.report;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Takes pictures of a report, for the README and for looking at a change:
 *
 * <pre>ReportScreenshots report.html folder width light|dark [height of one picture]</pre>
 */
public final class ReportScreenshots {
  private ReportScreenshots() {}

  public static void main(String[] args) throws Exception {
    Path report = Path.of(args[0]).toAbsolutePath();
    Path folder = Files.createDirectories(Path.of(args[1]));
    int width = Integer.parseInt(args[2]);
    String scheme = args[3];
    int height = args.length > 4 ? Integer.parseInt(args[4]) : 1600;
    try (Browser browser = Browser.start(Browser.find().orElseThrow())) {
      browser.emulate(width, height, scheme);
      browser.open(report);
      int total = browser.evaluate("document.documentElement.scrollHeight").asInt();
      for (int y = 0, n = 1; y < total; y += height, n++) {
        Path file = folder.resolve(String.format("report-%d-%s-%02d.png", width, scheme, n));
        Files.write(file, browser.screenshot(y, width, Math.min(height, total - y)));
      }
      browser.complaints().forEach(System.out::println);
    }
  }
}
