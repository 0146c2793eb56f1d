package dev.membound.model.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The files that are inlined into a report. */
final class Resources {
  private static final String WEBJAR = "/META-INF/maven/org.webjars/echarts/pom.properties";

  private Resources() {}

  static String styleSheet() {
    return read("report.css");
  }

  static String script() {
    return read("report.js");
  }

  /** Apache ECharts, minified, with its licence header. */
  static String echarts() {
    return read("/META-INF/resources/webjars/echarts/" + echartsVersion() + "/echarts.min.js");
  }

  private static String echartsVersion() {
    Properties properties = new Properties();
    try (InputStream in = open(WEBJAR)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static String read(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = Resources.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(name + " is not on the class path; build again");
    }
    return in;
  }
}
