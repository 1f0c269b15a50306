module.exports = {
  entry: './main.js',
  output: { filename: 'main.js', hashFunction: 'sha256' },
}
