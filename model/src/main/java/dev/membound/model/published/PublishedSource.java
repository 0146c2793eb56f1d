package dev.membound.model.published;

/** Where rows come from. */
public record PublishedSource(String key, String title, String url) {}
