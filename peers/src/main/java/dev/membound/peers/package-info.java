/**
 * Other libraries as baselines: one class a library and operator, behind {@link
 * dev.membound.peers.PeerGemv} and {@link dev.membound.peers.PeerAttention}. {@link
 * dev.membound.peers.Peer} lists them with what they can run.
 */
package dev.membound.peers;
