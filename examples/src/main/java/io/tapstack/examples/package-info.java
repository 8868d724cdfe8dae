/** Programs to start from; each runs by itself, and the marked part of each is in the documentation. */
@NullMarked
package io.tapstack.examples;

import org.jspecify.annotations.NullMarked;
