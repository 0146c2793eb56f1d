package dev.membound.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.membound.peers.onnx.OnnxModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX Runtime on the CPU: sessions whose threads do not spin once a run is over. */
final class OnnxRuntime {
  private OnnxRuntime() {}

  /**
   * @throws PeerUnavailableException where its library does not load
   */
  static OrtEnvironment environment() {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "membound");
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException | LinkageError e) {
      throw new PeerUnavailableException(
          "ONNX Runtime: its library does not load here: " + e.getMessage(), e);
    }
  }

  /** Loads a model by way of a temporary file, so that its weights never enter the Java heap. */
  static OrtSession session(OnnxModel model, int threads) throws OrtException {
    Path file = null;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.force_spinning_stop", "1");
      file = Files.createTempFile("membound-peers", ".onnx");
      model.writeTo(file);
      return environment().createSession(file.toString(), options);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write an ONNX model: " + e.getMessage(), e);
    } finally {
      delete(file);
    }
  }

  /** A binary32 tensor over off-heap memory. */
  static OnnxTensor floats(MemorySegment data, long... shape) throws OrtException {
    FloatBuffer buffer = data.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    return OnnxTensor.createTensor(environment(), buffer, shape);
  }

  static IllegalStateException failed(OrtException e) {
    return new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Left to the operating system's clean-up of its temporary folder.
    }
  }
}
