/** Writes one-operator ONNX models: just enough protobuf for ONNX Runtime to load them. */
package dev.membound.peers.onnx;
