package dev.membound.model.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium driven over the DevTools protocol, with one page. Remembers every request and
 * everything that the page complained about.
 */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

  private final Process process;
  private final Path userData;
  private final WebSocket socket;
  private final AtomicInteger nextId = new AtomicInteger(1);
  private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private String session;

  private Browser(Process process, Path userData, URI endpoint) {
    this.process = process;
    this.userData = userData;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(endpoint, new Listener())
            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .join();
  }

  /** The binary that {@code MEMBOUND_BROWSER} names, else one on the {@code PATH}. */
  static Optional<Path> find() {
    String chosen = System.getenv("MEMBOUND_BROWSER");
    if (chosen != null && !chosen.isBlank()) {
      return Optional.of(Path.of(chosen));
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      for (String name : NAMES) {
        Path binary = Path.of(folder, name);
        if (Files.isExecutable(binary)) {
          return Optional.of(binary);
        }
      }
    }
    return Optional.empty();
  }

  static Browser start(Path binary) throws Exception {
    Path userData = Files.createTempDirectory("membound-browser");
    Process process =
        new ProcessBuilder(
                binary.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-sync",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + userData,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    Browser browser;
    try {
      browser = new Browser(process, userData, endpoint(process));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
    browser.attach();
    return browser;
  }

  private static URI endpoint(Process process) throws Exception {
    CompletableFuture<URI> found = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                out.lines()
                    .forEach(
                        line -> {
                          int at = line.indexOf("ws://");
                          if (at >= 0) {
                            found.complete(URI.create(line.substring(at).trim()));
                          }
                        });
                found.completeExceptionally(new IOException("the browser ended at once"));
              } catch (IOException e) {
                found.completeExceptionally(e);
              }
            });
    return found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void attach() throws Exception {
    String target =
        call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
    session =
        call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    for (String domain : List.of("Network", "Runtime", "Log", "Page")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Size of the page's window and its colour scheme, {@code light} or {@code dark}. */
  void emulate(int width, int height, String scheme) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Loads a file and waits until the page says that all its charts are drawn. */
  void open(Path file) throws Exception {
    requests.clear();
    complaints.clear();
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    await(
        "document.readyState === 'complete' && document.documentElement.dataset.charts !== undefined"
            + " && document.documentElement.dataset.charts"
            + " === document.documentElement.dataset.chartsDrawn");
  }

  /** Waits until an expression is true. */
  void await(String condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!evaluate(condition).asBoolean(false)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(condition + " never became true; the page said " + complaints);
      }
      Thread.sleep(50);
    }
  }

  /** The value of a JavaScript expression. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode answer =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.get("result").path("value");
  }

  /** A PNG of a part of the page. */
  byte[] screenshot(int y, int width, int height) throws Exception {
    JsonNode answer =
        call(
            "Page.captureScreenshot",
            Map.of(
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", y, "width", width, "height", height, "scale", 1)));
    return Base64.getDecoder().decode(answer.get("data").asString());
  }

  /** URLs of all requests since the page was opened. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Console messages, exceptions and log entries since the page was opened. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  private JsonNode call(String method, Map<String, Object> params) throws Exception {
    int id = nextId.getAndIncrement();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    pending.put(id, answer);
    Map<String, Object> message = new HashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", params);
    if (session != null) {
      message.put("sessionId", session);
    }
    socket.sendText(MAPPER.writeValueAsString(message), true).get(10, TimeUnit.SECONDS);
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void received(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer = pending.remove(message.get("id").asInt());
      if (message.has("error")) {
        answer.completeExceptionally(new IllegalStateException(message.get("error").toString()));
      } else {
        answer.complete(message.get("result"));
      }
      return;
    }
    JsonNode params = message.path("params");
    switch (message.path("method").asString("")) {
      case "Network.requestWillBeSent" -> requests.add(params.at("/request/url").asString());
      case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled" ->
          complaints.add(params.toString());
      default -> {
        // Other events do not matter here.
      }
    }
  }

  @Override
  public void close() throws Exception {
    session = null;
    call("Browser.close", Map.of());
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    socket.abort();
    // its helpers may still be writing when it has ended; what they leave is in the temporary
    // folder
    for (int attempt = 0; attempt < 20 && !deleted(userData); attempt++) {
      Thread.sleep(100);
    }
  }

  private static boolean deleted(Path folder) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.forEach(files::add);
      for (Path file : files.reversed()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public void onOpen(WebSocket webSocket) {
      webSocket.request(Long.MAX_VALUE);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        String message = partial.toString();
        partial.setLength(0);
        received(MAPPER.readTree(message));
      }
      return null;
    }
  }
}
