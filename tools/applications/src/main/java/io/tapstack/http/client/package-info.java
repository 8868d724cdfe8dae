/** A download client for HTTP/1.1 over any {@link io.tapstack.transport.Transport}. */
@NullMarked
package io.tapstack.http.client;

import org.jspecify.annotations.NullMarked;
