/** The neighbours on a link, by IP address: their states, the cache, and the packets that wait for an answer. */
@NullMarked
package io.tapstack.neighbor;

import org.jspecify.annotations.NullMarked;
